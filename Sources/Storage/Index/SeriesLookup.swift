import Foundation
import GRDB
import TimeSeries

/// Finds the identifiers of label sets, which mostly share their labels: each is looked up once.
struct SeriesLookup {
    /// Identifiers by name, separator, value; nil where the label is not known.
    private var labels: [ArraySlice<UInt8>: Int64?] = [:]

    /// The identifier of a known label set; nil where it is none.
    mutating func seriesID(of set: LabelSet, in db: Database) throws -> UInt32? {
        var ids: [Int64] = []
        for (name, value) in set.byteRanges {
            guard let id = try labelID(name, value, of: set.canonicalBytes, in: db) else {
                return nil
            }
            ids.append(id)
        }
        let select = try db.cachedStatement(sql: "SELECT id FROM series WHERE labels = ?")
        return try UInt32.fetchOne(select, arguments: [Data(SeriesKey.encode(ids))])
    }

    private mutating func labelID(
        _ name: Range<Int>, _ value: Range<Int>, of bytes: [UInt8], in db: Database
    ) throws -> Int64? {
        let key = bytes[name.lowerBound..<value.upperBound]
        if let known = labels[key] { return known }
        let select = try db.cachedStatement(
            sql: "SELECT id FROM label WHERE name = ? AND value = ?")
        let pair = [Data(bytes[name]), Data(bytes[value])]
        let id = try Int64.fetchOne(select, arguments: StatementArguments(pair))
        labels[key] = .some(id)
        return id
    }
}
