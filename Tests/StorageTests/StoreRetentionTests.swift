import Foundation
import GRDB
import Querying
import TestSupport
import Testing
import TimeSeries

@testable import Storage

@Suite struct StoreRetentionTests {
    @Test("samples older than the retention go, and series without samples are forgotten")
    func byTime() throws {
        let fixture = try StoreFixture()
        var options = StoreOptions(path: fixture.path, retention: .seconds(3600))
        (options.fiveMinuteRetention, options.hourRetention) = (.zero, .zero)
        let store = try Store(options)
        let old = SeriesTable(labels: (0..<40).map { LabelSet(metricName: "old", ["i": "\($0)"]) })
        let new = SeriesTable(labels: (0..<40).map { LabelSet(metricName: "new", ["i": "\($0)"]) })
        for second in 0..<200 {
            let values = [Double](repeating: Double(second), count: 40)
            store.append([SampleBatch(at: .second(Int64(second)), table: old, values: values)])
        }
        for second in 8000..<8200 {
            let values = [Double](repeating: Double(second), count: 40)
            store.append([SampleBatch(at: .second(Int64(second)), table: new, values: values)])
        }
        try store.commit()
        try store.compactFully(now: .second(8200))
        #expect(try store.all("old").count == 40)
        try store.enforceRetention(now: .second(3700))
        #expect(try store.all("old").count == 40)
        try store.enforceRetention(now: .second(8200))
        #expect(try store.all("old").isEmpty)
        #expect(try store.all("new").allSatisfy { $0.values.count == 200 })
        // The layout that names them goes first, when it was not written for a while.
        try store.compact(now: .second(8200))
        for second in [9_000, 10_000] as [Int64] {
            let values = [Double](repeating: 1, count: 40)
            try store.write(SampleBatch(at: .second(second), table: new, values: values))
            try store.compact(now: .second(second))
        }
        #expect(try store.all("new").map(\.values.count).first == 202)
        #expect(
            try store.labelSets(matching: [LabelMatcher(name: "__name__", .equal, value: "old")])
                .isEmpty)
        #expect(try store.statistics().seriesCount == 40)
        // And they may come back.
        let values = [Double](repeating: 7, count: 40)
        try store.write(SampleBatch(at: .second(12_001), table: old, values: values))
        #expect(try store.all("old").map(\.values) == Array(repeating: [7], count: 40))
        try store.close()
    }

    @Test("over the size limit the oldest samples go first, and the file shrinks")
    func bySize() throws {
        let fixture = try StoreFixture()
        let limit = 750_000
        let store = try fixture.open(maximumByteCount: limit)
        let table = SeriesTable(labels: (0..<64).map { LabelSet(metricName: "m", ["i": "\($0)"]) })
        var generator = SplitMix64(seed: 9)
        for second in 0..<3000 {
            let values = (0..<64).map { _ in Double.random(in: 0..<1, using: &generator) }
            store.append([SampleBatch(at: .second(Int64(second)), table: table, values: values)])
            if second % 250 == 249 {
                try store.commit()
                try store.compact(now: .second(Int64(second)))
            }
        }
        let before = try store.statistics()
        #expect(before.fileByteCount - before.freeByteCount > limit)
        try store.enforceRetention(now: .second(3000))
        let after = try store.statistics()
        #expect(after.fileByteCount - after.freeByteCount <= limit)
        let series = try store.all("m")
        #expect(series.count == 64)
        for one in series {
            #expect(one.timestamps.last == 2_999_000)
            #expect((one.timestamps.first ?? 0) > 0)
            #expect(zip(one.timestamps, one.timestamps.dropFirst()).allSatisfy { $1 - $0 == 1000 })
        }
        try store.compactFully(now: .second(3000))
        #expect(try store.statistics().fileByteCount <= limit)
    }

    @Test("a page whose series change with each scrape leaves no layouts behind")
    func changingPages() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.compact(now: .second(0))
        for second in 0..<300 {
            let labels = (0..<20).map { LabelSet(metricName: "m", ["i": "\($0 * second)"]) }
            let table = SeriesTable(labels: Array(Set(labels)))
            let values = [Double](repeating: 1, count: table.labels.count)
            try store.write(SampleBatch(at: .second(Int64(second)), table: table, values: values))
            if second % 50 == 0 { try store.compact(now: .second(Int64(second))) }
        }
        let before = try store.all("m").reduce(0) { $0 + $1.values.count }
        for second in [1_000, 2_000, 3_000] as [Int64] { try store.compact(now: .second(second)) }
        let layouts = try store.read("counting") {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM layout")
        }
        #expect(layouts == 0)
        #expect(try store.all("m").reduce(0) { $0 + $1.values.count } == before)
        #expect(try store.statistics().journalRowCount == 0)
    }

    @Test("regular compaction merges blocks as they become many")
    func merging() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let table = SeriesTable(labels: (0..<32).map { LabelSet(metricName: "m", ["i": "\($0)"]) })
        for second in 0..<4000 {
            let values = (0..<32).map { Double($0 * second) }
            store.append([SampleBatch(at: .second(Int64(second)), table: table, values: values)])
            if second % 20 == 19 {
                try store.commit()
                try store.compact(now: .second(Int64(second)))
            }
        }
        let statistics = try store.statistics()
        #expect(statistics.blockCount <= 2 + 3 + 3)
        #expect(statistics.journalRowCount < 140)
        for (index, series) in try store.all("m").enumerated() {
            let factor = Double(series.labels["i"] ?? "") ?? -1
            #expect(series.values == (0..<4000).map { Double($0) * factor }, "\(index)")
        }
    }
}
