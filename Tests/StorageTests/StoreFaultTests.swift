import Foundation
import GRDBSQLite
import Testing
import TimeSeries

@testable import Storage

/// The disk fails at any moment: nothing that was acknowledged is lost, nothing crashes, and what
/// waits in memory is written by itself when the disk is well again.
@Suite(.serialized) struct StoreFaultTests {
    private static let ioError = SQLITE_IOERR
    private static let faults: [FaultyDisk.Fault] = [
        .init(operation: .read, code: ioError | (1 << 8)),
        .init(operation: .read, code: ioError | (1 << 8), isPartial: true),
        .init(operation: .read, code: ioError | (1 << 8), lasts: true),
        .init(operation: .write, code: ioError | (3 << 8)),
        .init(operation: .write, code: ioError | (3 << 8), isPartial: true),
        .init(operation: .write, code: SQLITE_FULL, lasts: true),
        .init(operation: .sync, code: ioError | (4 << 8)),
        .init(operation: .sync, code: ioError | (4 << 8), lasts: true),
        .init(operation: .truncate, code: ioError | (6 << 8)),
    ]

    /// Moments at which each fault comes; every one where MLMON_EVERY_FAULT is set.
    private static func moments(of count: Int) -> StrideTo<Int> {
        let isThorough = ProcessInfo.processInfo.environment["MLMON_EVERY_FAULT"] != nil
        return stride(from: 0, to: count, by: isThorough ? 1 : max(1, count / 4))
    }

    private static let seconds = 24
    private static let seriesCount = 20

    /// Each second other series beside steady ones, so that labels, series and layouts are new.
    private static let batches = (0..<seconds).map { second in
        let steady = (0..<seriesCount).map { LabelSet(metricName: "m", ["i": "\($0)"]) }
        let fresh = LabelSet(metricName: "fresh", ["second": "\(second)"])
        return SampleBatch(
            at: .second(Int64(second)), table: SeriesTable(labels: steady + [fresh]),
            values: (0...seriesCount).map { Double(second * 7919 % 1009) + Double($0) / 8 })
    }

    private static func alert(_ second: Int) -> OutboxRecord {
        OutboxRecord(
            id: "\(second)", lane: OutboxLane(receiver: "r", webhookIndex: 0, groupKey: "g"),
            body: [1, 2, 3], createdMilliseconds: Int64(second), expiresMilliseconds: 1_000_000,
            nextAttemptMilliseconds: Int64(second))
    }

    /// What the collector does, some of which may fail.
    ///
    /// - Returns: Seconds whose commit succeeded.
    private func work(on store: Store) -> Int {
        var acknowledged = 0
        for second in 0..<Self.seconds {
            store.append([Self.batches[second]])
            if storageError({ try store.commit() }) == nil { acknowledged = second + 1 }
            _ = try? store.updateAlertPlane("test") { try $0.enqueue(Self.alert(second)) }
            if second % 6 == 5 { try? store.compact(now: .second(Int64(second) + 3600)) }
            if second == 15 { try? store.compactFully(now: .second(Int64(second))) }
            _ = try? store.all("m")
        }
        return acknowledged
    }

    private func expectEverything(in store: Store, _ comment: String) throws {
        let steady = try store.all("m")
        #expect(steady.count == Self.seriesCount, "\(comment)")
        for series in steady {
            let index = try #require(series.labels["i"].flatMap { Int($0) })
            #expect(
                series.values == Self.batches.map { $0.values[index] },
                "\(comment): \(series.labels)")
        }
        #expect(try store.all("fresh").count == Self.seconds, "\(comment)")
        let waiting = try store.outbox().map(\.id)
        #expect(Set(waiting).count == Self.seconds, "\(comment)")
        #expect(try store.verify() == [], "\(comment)")
    }

    @Test("a disk that fails while samples are stored loses none", arguments: faults)
    func storing(fault: FaultyDisk.Fault) throws {
        let count = try {
            let fixture = try StoreFixture()
            FaultyDisk.watch(fixture.folder.path)
            let store = try fixture.open()
            let before = FaultyDisk.count(of: fault.operation)
            _ = work(on: store)
            let count = FaultyDisk.count(of: fault.operation) - before
            try expectEverything(in: store, "a sound disk")
            try store.close()
            return count
        }()
        #expect(count > 0)
        for moment in Self.moments(of: count) {
            let comment = "\(fault), after \(moment) of \(count)"
            let fixture = try StoreFixture()
            FaultyDisk.watch(fixture.folder.path)
            let store = try fixture.open()
            FaultyDisk.fail(fault, after: moment)
            let acknowledged = work(on: store)
            FaultyDisk.heal()
            // What was acknowledged is in the file whatever happens next.
            let killed = try fixture.copy()
            let reader = try killed.open(isReadOnly: true)
            let kept = try reader.all("m").map(\.values.count).max() ?? 0
            #expect(kept >= acknowledged, "\(comment)")
            try reader.close()
            // And the process recovers by itself.
            #expect(storageError { try store.commit() } == nil, "\(comment)")
            #expect(store.condition == .sound, "\(comment)")
            try expectEverything(in: store, comment)
            try store.compactFully(now: .second(100))
            try expectEverything(in: store, comment)
            try store.close()
            let reopened = try fixture.open()
            #expect(reopened.recovery == nil, "\(comment)")
            try expectEverything(in: reopened, comment)
            try reopened.close()
        }
    }

    @Test("a disk that fails while a store is opened leaves it as it is", arguments: faults)
    func opening(fault: FaultyDisk.Fault) throws {
        let filled = try StoreFixture()
        let store = try filled.open()
        _ = work(on: store)
        let base = try filled.copy()
        try store.close()
        FaultyDisk.watch(base.folder.path)
        let sound = try base.open()
        let count = FaultyDisk.count(of: fault.operation)
        try sound.close()
        for moment in Self.moments(of: max(count, 1)) {
            let comment = "\(fault), after \(moment) of \(count)"
            let fixture = try base.copy()
            FaultyDisk.watch(fixture.folder.path)
            FaultyDisk.fail(fault, after: moment)
            _ = storageError {
                let opened = try fixture.open()
                FaultyDisk.heal()
                #expect(opened.recovery == nil, "\(comment)")
                try opened.close()
            }
            FaultyDisk.heal()
            let reopened = try fixture.open()
            #expect(reopened.recovery == nil, "\(comment)")
            try expectEverything(in: reopened, comment)
            try reopened.close()
        }
    }
}
