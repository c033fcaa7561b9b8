import Foundation
import GRDB
import TimeSeries

extension Store {
    /// The name of every label that a known series has, from the index alone.
    package func labelNames() throws(StorageError) -> Set<String> {
        try read("reading names of labels") { db in
            let names = try Data.fetchAll(db, sql: "SELECT DISTINCT name FROM label")
            let realised = try realisedLabelSets(matching: [], in: db)
            return Self.texts(names).union(realised.lazy.flatMap { $0.pairs.map(\.name) })
        }
    }

    /// Every value that a label has in a known series, from the index alone.
    package func labelValues(of name: String) throws(StorageError) -> Set<String> {
        try read("reading values of label '\(name)'") { db in
            let values = try Data.fetchAll(
                db, sql: "SELECT value FROM label WHERE name = ?", arguments: [Data(name.utf8)])
            let realised = try realisedLabelSets(matching: [], in: db)
            return Self.texts(values).union(realised.lazy.compactMap { $0[name] })
        }
    }

    private static func texts(_ blobs: [Data]) -> Set<String> {
        Set(blobs.lazy.map { String(decoding: $0, as: UTF8.self) })
    }
}
