import Foundation
import GRDB
import Querying

extension SampleReader {
    /// Of one layout, what the wanted series have in the journal.
    private struct Part: Sendable {
        let positions: [(wanted: Int, position: Int)]
        /// Rows up to this number are in blocks, or gone.
        let after: Int64
        /// nil where the layout has timestamps of its own.
        var read: JournalRead?
        /// Where it has.
        var columns: [ColumnAssembly] = []
    }

    /// Adds what the journal has, which is newer than the blocks. Values are picked out of the
    /// rows as they are read; the columns are put together on every core.
    ///
    /// - Parameter related: See `columns(of:among:from:through:)`.
    func readJournal(
        of wanted: [UInt32], among related: [UInt32], from: Int64, through: Int64,
        into assemblies: inout [ColumnAssembly]
    ) throws {
        let parts = try parts(of: wanted, among: related, from: from, through: through)
        let columns = inParts(of: parts.count, size: 2) { range in
            parts[range].map { part in
                part.read?.columns(
                    at: part.positions.map(\.position), from: from, through: through,
                    after: part.after) ?? part.columns
            }
        }
        for (part, columns) in zip(parts, columns.joined()) {
            for (position, column) in zip(part.positions, columns) {
                assemblies[position.wanted].append(column)
            }
        }
    }

    private func parts(
        of wanted: [UInt32], among related: [UInt32], from: Int64, through: Int64
    ) throws -> [Part] {
        let ends = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT (SELECT min(id) FROM journal), (SELECT max(id) FROM journal)"))
        guard let oldest = ends?[0] as Int64?, let newest = ends?[1] as Int64? else { return [] }
        // As if all layouts had as many rows.
        let rowCount = Int(newest - oldest) / max(layouts.count, 1) + 1
        let related = JournalCache.hasRoom(for: related.count * rowCount) ? related : []
        var parts: [Part] = []
        var keys: [JournalCache.Key] = []
        var knownParts: [Int64: Int] = [:]
        var unread: [JournalSweep.Want] = []
        var unreadParts: [Int] = []
        for (layout, foldedThrough) in layouts where foldedThrough < newest {
            let positions = layout.positions(of: wanted)
            if positions.isEmpty { continue }
            // What went for the size limit was not folded.
            let after = max(foldedThrough, oldest - 1)
            var part = Part(positions: positions, after: after)
            let places = positions.map(\.position)
            let (key, read) = kept(of: layout, places, related)
            if layout.hasTimestamps {
                part.columns = try timedColumns(
                    of: layout, places, after: after, from: from, through: through)
            } else if let read,
                read.covers(from: from, through: through, after: after)
            {
                knownParts[layout.id] = parts.count
                part.read = read
            } else {
                unread.append(
                    JournalSweep.Want(
                        layout: layout, foldedThrough: foldedThrough, places: key.places,
                        after: after))
                unreadParts.append(parts.count)
            }
            keys.append(key)
            parts.append(part)
        }
        let sweep = JournalSweep(wants: unread, from: from, through: through, newest: newest)
        for (part, read) in zip(unreadParts, try sweep.reads(in: db, with: second)) {
            parts[part].read = read
            counter?.add(read.rowCount)
        }
        try catchUp(&parts, knownParts, with: newest)
        keep(parts, keys)
        return parts
    }

    /// What is kept of some places of a layout, and under which key it is to be kept.
    ///
    /// Who asks for the first time gets no more read than that. Who asks for other series of a
    /// layout that is known looks around, and will ask for more of the metric.
    private func kept(
        of layout: Layout, _ places: [Int], _ related: [UInt32]
    ) -> (key: JournalCache.Key, read: JournalRead?) {
        let narrow = JournalCache.Key(layout: layout.id, places: places)
        guard let cache else { return (narrow, nil) }
        if related.isEmpty { return (narrow, cache.take(narrow)) }
        let wide = JournalCache.Key(
            layout: layout.id, places: layout.positions(of: related).map(\.position))
        if let read = cache.take(wide) { return (wide, read) }
        if let read = cache.take(narrow) { return (narrow, read) }
        return (cache.knows(layout.id) ? wide : narrow, nil)
    }

    private func keep(_ parts: [Part], _ keys: [JournalCache.Key]) {
        guard let cache else { return }
        cache.keep(
            zip(parts, keys).compactMap { part, key in
                guard var read = part.read else { return nil }
                read.forget(through: part.after)
                return (key, read)
            })
    }

    // MARK: What is known already

    /// Adds the rows that came since.
    ///
    /// - Parameter known: Which of the parts, by layout.
    private func catchUp(
        _ parts: inout [Part], _ known: [Int64: Int], with newest: Int64
    ) throws {
        let last = known.values.compactMap { parts[$0].read?.lastID }.min() ?? newest
        if last >= newest { return }
        // Of few new rows most are wanted; of many the index finds those that are.
        let isNear = newest - last <= Int64(4 * known.count)
        let select = try db.cachedStatement(
            sql: isNear
                ? "SELECT id, at, payload, layout FROM journal WHERE id > ? ORDER BY id"
                : """
                SELECT id, at, payload, layout FROM journal
                WHERE layout = ?2 AND id > ?1 ORDER BY at, id
                """)
        if isNear {
            let rows = try Row.fetchCursor(select, arguments: [last])
            while let row = try rows.next() {
                guard let part = known[row[3]] else { continue }
                try append(row, to: &parts[part])
            }
        } else {
            for (layout, part) in known {
                let after = parts[part].read?.lastID
                let rows = try Row.fetchCursor(select, arguments: [after, layout])
                while let row = try rows.next() { try append(row, to: &parts[part]) }
            }
        }
        for part in known.values { parts[part].read?.finish(through: newest) }
    }

    private func append(_ row: Row, to part: inout Part) throws {
        let id: Int64 = row[0]
        guard let last = part.read?.lastID, id > last else { return }
        counter?.add(1)
        try row.withJournalPayload(atIndex: 2) { bytes throws(Damage) in
            try part.read?.append(id, at: row[1], bytes)
        }
    }

    // MARK: Rows with timestamps of their own

    /// Such rows may hold any time, so that all are read.
    private func timedColumns(
        of layout: Layout, _ places: [Int], after id: Int64, from: Int64, through: Int64
    ) throws -> [ColumnAssembly] {
        var columns = places.map { _ in ColumnAssembly() }
        let rows = try journalRows(of: layout, after: id, from: .min, through: .max)
        while let row = try rows.next() {
            for (index, sample) in try samples(of: row, layout, places).enumerated()
            where sample.at >= from && sample.at <= through {
                columns[index].append(sample.at, sample.value)
            }
        }
        return columns
    }

    /// What a row holds at each place.
    ///
    /// - Parameter places: Ascending.
    func samples(
        of row: Row, _ layout: Layout, _ places: [Int]
    ) throws -> [(at: Int64, value: Double)] {
        let at: Int64 = row[1]
        var times: [Int64] = []
        var values: [Double] = []
        try row.withJournalPayload(atIndex: 2) { bytes throws(Damage) in
            if layout.hasTimestamps {
                try JournalRow.decode(
                    bytes, count: layout.series.count, hasTimestamps: true, at: at,
                    values: &values, timestamps: &times)
            } else {
                let projection = JournalProjection(count: layout.series.count, places: places)
                try projection.append(bytes, to: &values)
            }
        }
        return layout.hasTimestamps
            ? places.map { (times[$0], values[$0]) } : values.map { (at, $0) }
    }

    // MARK: Rows

    /// Number, time and payload of each row.
    func journalRows(
        of layout: Layout, after id: Int64, from: Int64, through: Int64, newestFirst: Bool = false
    ) throws -> RowCursor {
        // Of two samples with one timestamp the first written counts.
        let ascending = layout.hasTimestamps ? "id" : "at, id"
        let order = newestFirst ? "at DESC, id DESC" : ascending
        let select = try db.cachedStatement(
            sql: """
                SELECT id, at, payload FROM journal
                WHERE layout = ? AND at BETWEEN ? AND ? AND id > ? ORDER BY \(order)
                """)
        return try Row.fetchCursor(select, arguments: [layout.id, from, through, id])
    }
}

extension Row {
    /// Lends the payload of a journal row whose number is the first column, and tells which row is
    /// damaged.
    func withJournalPayload(
        atIndex index: Int, _ body: (UnsafeRawBufferPointer) throws(Damage) -> Void
    ) throws {
        try withUnsafeData(atIndex: index) { data in
            try (data ?? Data()).withUnsafeBytes { bytes in
                do throws(Damage) {
                    try body(bytes)
                } catch {
                    throw JournalPayload.damage(error.reason, self[0])
                }
            }
        }
    }
}
