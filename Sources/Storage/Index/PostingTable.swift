import Foundation
import GRDB

/// The rows that say which series carry a label.
enum PostingTable {
    /// The series that carry a label, ascending.
    static func members(of label: Int64, in db: Database) throws -> [UInt32] {
        var members: [UInt32] = []
        try appendMembers(of: label, to: &members, in: db)
        return members
    }

    static func appendMembers(
        of label: Int64, to members: inout [UInt32], in db: Database
    ) throws {
        let scan = try RowScan(
            "SELECT span, members FROM posting WHERE label = ? ORDER BY span", in: db)
        try scan.start(label)
        while try scan.next() {
            let span = UInt32(truncatingIfNeeded: scan.integer(0))
            try PostingSpan.decode(scan.bytes(1), span: span, into: &members)
        }
    }

    /// How many series carry a label.
    static func count(of label: Int64, in db: Database) throws -> Int {
        let scan = try RowScan("SELECT members FROM posting WHERE label = ?", in: db)
        try scan.start(label)
        var count = 0
        while try scan.next() { count += try PostingSpan.count(scan.bytes(0)) }
        return count
    }

    /// - Parameter added: Ascending, and above all members there are.
    static func add(_ added: [UInt32], to label: Int64, in db: Database) throws {
        for (span, added) in spans(of: added) {
            try replace(label, span, try members(of: label, span, in: db) + added, in: db)
        }
    }

    /// Removes series from a label's postings, and the label where no series has it any more.
    ///
    /// - Parameter removed: Ascending.
    static func remove(_ removed: [UInt32], from label: Int64, in db: Database) throws {
        for (span, removed) in spans(of: removed) {
            let rest = try members(of: label, span, in: db).subtracting(removed)
            if !rest.isEmpty {
                try replace(label, span, rest, in: db)
                continue
            }
            try db.execute(
                sql: "DELETE FROM posting WHERE label = ? AND span = ?", arguments: [label, span])
            try db.execute(
                sql: """
                    DELETE FROM label WHERE id = ?
                        AND NOT EXISTS (SELECT 1 FROM posting WHERE posting.label = label.id)
                    """,
                arguments: [label])
        }
    }

    private static func spans(
        of series: [UInt32]
    ) -> [(span: UInt32, series: [UInt32])] {
        var spans: [(span: UInt32, series: [UInt32])] = []
        var start = 0
        while start < series.count {
            let span = PostingSpan.span(of: series[start])
            var end = start + 1
            while end < series.count, PostingSpan.span(of: series[end]) == span { end += 1 }
            spans.append((span, Array(series[start..<end])))
            start = end
        }
        return spans
    }

    private static func members(
        of label: Int64, _ span: UInt32, in db: Database
    ) throws -> [UInt32] {
        let select = try db.cachedStatement(
            sql: "SELECT members FROM posting WHERE label = ? AND span = ?")
        var members: [UInt32] = []
        if let blob = try Data.fetchOne(select, arguments: [label, span]) {
            try blob.withUnsafeBytes { try PostingSpan.decode($0, span: span, into: &members) }
        }
        return members
    }

    private static func replace(
        _ label: Int64, _ span: UInt32, _ members: [UInt32], in db: Database
    ) throws {
        let insert = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO posting (label, span, members) VALUES (?, ?, ?)")
        let bytes = PostingSpan.encode(members, span: span)
        try insert.execute(arguments: [label, span, Data(bytes)])
    }
}
