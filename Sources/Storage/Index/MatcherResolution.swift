import Foundation
import GRDB
import Querying
import TimeSeries

/// Finds the series that satisfy matchers on the label index alone.
struct MatcherResolution {
    let db: Database

    /// Ascending identifiers.
    ///
    /// A matcher that rejects the absent label is a union of postings; one that accepts it takes
    /// away the postings of the values that it rejects, as in Prometheus.
    func series(matching matchers: [LabelMatcher]) throws -> [UInt32] {
        var result: [UInt32]?
        for matcher in matchers where !matcher.matches("") {
            let accepted = try members(of: labels(of: matcher, where: matcher.matches))
            result = result.map { $0.intersection(accepted) } ?? accepted
            if result == [] { return [] }
        }
        var remaining = try result ?? allSeries()
        for matcher in matchers where matcher.matches("") && !remaining.isEmpty {
            let rejected = try labels(of: matcher) { !matcher.matches($0) }
            if rejected.isEmpty { continue }
            remaining = remaining.subtracting(try members(of: rejected))
        }
        return remaining
    }

    /// Every series of the metric that the matchers name, ascending; empty where they name none.
    func series(ofMetricIn matchers: [LabelMatcher]) throws -> [UInt32] {
        let named = matchers.first {
            $0.name == LabelSet.metricNameLabel && $0.operation == .equal && !$0.value.isEmpty
        }
        guard let named else { return [] }
        return try members(of: labels(of: named, where: named.matches))
    }

    private func allSeries() throws -> [UInt32] {
        var all: [UInt32] = []
        try SeriesBucketScan.forEachBucket(in: db) { first, slots in
            var slots = slots
            while slots != 0 {
                all.append(first + UInt32(slots.trailingZeroBitCount))
                slots &= slots - 1
            }
        }
        return all
    }

    /// Labels of the matcher's name with a value that passes the test.
    private func labels(
        of matcher: LabelMatcher, where passes: (String) -> Bool
    ) throws -> [Int64] {
        let name = Data(matcher.name.utf8)
        let exactValue: String? =
            switch matcher.operation {
            case .equal, .notEqual: matcher.value
            case .matches, .notMatches: nil
            }
        if let exactValue {
            if passes(exactValue) {
                let select = try db.cachedStatement(
                    sql: "SELECT id FROM label WHERE name = ? AND value = ?")
                return try Int64.fetchAll(select, arguments: [name, Data(exactValue.utf8)])
            }
        }
        let select = try db.cachedStatement(sql: "SELECT id, value FROM label WHERE name = ?")
        var ids: [Int64] = []
        let rows = try Row.fetchCursor(select, arguments: [name])
        while let row = try rows.next() {
            let value = try row.withUnsafeData(atIndex: 1) { data in
                String(decoding: data ?? Data(), as: UTF8.self)
            }
            if passes(value) { ids.append(row[0]) }
        }
        return ids
    }

    /// The series that carry one of the labels, ascending.
    func members(of labels: [Int64]) throws -> [UInt32] {
        var members: [UInt32] = []
        for label in labels { try PostingTable.appendMembers(of: label, to: &members, in: db) }
        return labels.count == 1 ? members : members.sortedAndUnique()
    }
}
