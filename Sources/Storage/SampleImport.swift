import Foundation
import GRDB
import TimeSeries

/// Samples of any time on their way into the store, past the journal: straight into blocks.
///
/// Lives inside the one transaction of `Store.importSamples`, so that either everything is taken
/// or nothing.
package struct SampleImport {
    private let db: Database
    private var registry = SeriesRegistry()
    /// By the caller's index of the series.
    private var ids: [UInt32] = []

    private var series: [UInt32] = []
    private var timestamps: [Int64] = []
    private var values: [Double] = []

    package private(set) var sampleCount = 0
    package private(set) var blockCount = 0
    /// Milliseconds since the epoch; nil before the first sample.
    package private(set) var oldest: Int64?
    package private(set) var newest: Int64?

    /// Samples in memory at a time, 20 bytes each, and as much again while they are encoded.
    private static let sliceLimit = 4_000_000

    fileprivate init(_ db: Database) {
        self.db = db
    }

    /// Takes samples.
    ///
    /// - Parameters:
    ///   - labels: Every series that `series` may name; from call to call it only grows.
    ///   - series: Indexes into `labels`.
    ///   - milliseconds, values: As long as `series`.
    package mutating func add(
        labels: [LabelSet], series: [UInt32], milliseconds: [Int64], values: [Double]
    ) throws {
        precondition(
            series.count == values.count && milliseconds.count == values.count,
            "\(series.count) series, \(milliseconds.count) times and \(values.count) values")
        if labels.count > ids.count {
            ids += try registry.seriesIDs(of: Array(labels[ids.count...]), in: db)
        }
        self.series += series
        self.timestamps += milliseconds
        self.values += values
        if self.series.count >= Self.sliceLimit { try flush() }
    }

    fileprivate mutating func flush() throws {
        try registry.writePostings(in: db)
        guard !series.isEmpty else { return }
        sampleCount += series.count
        oldest = [oldest, timestamps.min()].compactMap { $0 }.min()
        newest = [newest, timestamps.max()].compactMap { $0 }.max()
        let (starts, order) = groupedBySeries()
        var parts: [Block.Part] = []
        var bucket: UInt32?
        for index in ids.indices.sorted(by: { ids[$0] < ids[$1] }) {
            let places = order[starts[index]..<starts[index + 1]]
            if places.isEmpty { continue }
            let next = ids[index] / Block.width
            if let bucket, bucket != next { try insert(&parts, bucket) }
            bucket = next
            append(places, of: ids[index], to: &parts)
        }
        if let bucket { try insert(&parts, bucket) }
        series.removeAll(keepingCapacity: true)
        timestamps.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    /// - Returns: Where the samples of each series begin in `order`, and places of samples.
    private func groupedBySeries() -> (starts: [Int], order: [UInt32]) {
        var starts = [Int](repeating: 0, count: ids.count + 1)
        for index in series { starts[Int(index) + 1] += 1 }
        for index in ids.indices { starts[index + 1] += starts[index] }
        var next = starts
        var order = [UInt32](repeating: 0, count: series.count)
        for (place, index) in series.enumerated() {
            order[next[Int(index)]] = UInt32(place)
            next[Int(index)] += 1
        }
        return (starts, order)
    }

    private func append(
        _ places: ArraySlice<UInt32>, of id: UInt32, to parts: inout [Block.Part]
    ) {
        var column = ColumnAssembly()
        for place in places { column.append(timestamps[Int(place)], values[Int(place)]) }
        let (timestamps, values) = column.finished()
        parts.append(
            Block.Part(slot: Int(id % Block.width), timestamps: timestamps, values: values))
    }

    /// Writes the series of one bucket, in as many blocks as a block's bound on samples asks for.
    private mutating func insert(_ parts: inout [Block.Part], _ bucket: UInt32) throws {
        defer { parts.removeAll(keepingCapacity: true) }
        var start = 0
        while true {
            let slice = parts.compactMap { part -> Block.Part? in
                guard start < part.values.count else { return nil }
                let range = start..<min(start + Self.blockSampleCount, part.values.count)
                return Block.Part(
                    slot: part.slot, timestamps: Array(part.timestamps[range]),
                    values: Array(part.values[range]))
            }
            guard let block = NewBlock(bucket: bucket, parts: slice) else { return }
            try block.insertNew(in: db)
            blockCount += 1
            start += Self.blockSampleCount
        }
    }

    /// Samples of one series in one block.
    private static let blockSampleCount = 8192
}

extension Store {
    /// Takes samples of any time in one transaction: where `body` throws, nothing is taken.
    ///
    /// - Parameter body: Calls `add` as often as it likes; must not use the store.
    /// - Returns: The finished import, for its counts.
    /// - Throws: What `body` throws, or `StorageError`.
    package func importSamples(
        _ body: (inout SampleImport) throws -> Void
    ) throws -> SampleImport {
        precondition(options.isOwner, "only the owner of a store imports")
        var failure: (any Error)?
        do {
            return try write("importing samples", isDurable: true) { db in
                var session = SampleImport(db)
                do {
                    try body(&session)
                } catch {
                    failure = error
                    throw error
                }
                try session.flush()
                return session
            }
        } catch {
            throw failure ?? error
        }
    }
}
