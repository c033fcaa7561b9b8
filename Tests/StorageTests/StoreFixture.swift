import Foundation
import Querying
import TestSupport
import TimeSeries

@testable import Storage

/// A store in a folder of its own, and short words for what tests do with it.
final class StoreFixture {
    let folder: TemporaryDirectory
    let path: String

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.file("store.db")
    }

    /// The files as they are now: what a process that is killed leaves.
    func copy() throws -> StoreFixture {
        let copy = try StoreFixture()
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy.path + suffix)
        }
        return copy
    }

    func open(
        isReadOnly: Bool = false, retention: Duration = .seconds(30 * 86_400),
        maximumByteCount: Int? = nil
    ) throws -> Store {
        try Store(
            StoreOptions(
                path: path, retention: retention, maximumByteCount: maximumByteCount,
                isReadOnly: isReadOnly))
    }
}

extension Store {
    /// Every sample of every series with the metric name.
    func all(_ name: String) throws -> [Series] {
        try series(
            matching: [LabelMatcher(name: "__name__", .equal, value: name)],
            from: Timestamp(milliseconds: .min), through: Timestamp(milliseconds: .max))
    }

    /// The newest sample of each series that is no stale marker.
    func lastSamples(of labels: [LabelSet]) throws -> [LabelSet: Sample] {
        try EarlierSamples(self).lastSamples(matching: [], and: labels).others
    }

    func write(_ batch: SampleBatch) throws {
        append([batch])
        try commit()
    }
}

extension SampleBatch {
    /// One value of one series.
    init(_ name: String, _ value: Double, atSecond second: Int64) {
        self.init(
            at: Timestamp(milliseconds: second * 1000),
            [(labels: LabelSet(metricName: name), value: value)])
    }
}

extension Timestamp {
    static func second(_ second: Int64) -> Timestamp { Timestamp(milliseconds: second * 1000) }
}

/// The error that the body throws.
func storageError(_ body: () throws -> Void) -> StorageError? {
    do {
        try body()
        return nil
    } catch {
        return error as? StorageError
    }
}
