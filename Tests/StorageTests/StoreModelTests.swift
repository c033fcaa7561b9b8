import Foundation
import Querying
import TestSupport
import Testing
import TimeSeries

@testable import Storage

/// What the store must answer, kept in the plainest way.
private struct Model {
    private var samples: [LabelSet: [Int64: Double]] = [:]

    mutating func append(_ batch: SampleBatch) {
        for (index, labels) in batch.table.labels.enumerated() {
            let at = batch.timestamps?[index] ?? batch.at.milliseconds
            if samples[labels]?[at] == nil {
                samples[labels, default: [:]][at] = batch.values[index]
            }
        }
    }

    func series(from: Int64, through: Int64, where passes: (LabelSet) -> Bool) -> [Series] {
        samples.filter { passes($0.key) }.compactMap { labels, values in
            let kept = values.filter { $0.key >= from && $0.key <= through }
                .sorted { $0.key < $1.key }
            if kept.isEmpty { return nil }
            return Series(
                labels: labels, timestamps: kept.map(\.key), values: kept.map(\.value))
        }.sorted { $0.labels < $1.labels }
    }

    func lastSamples() -> [LabelSet: Sample] {
        samples.compactMapValues { values in
            values.filter { !$0.value.isStaleMarker }.max { $0.key < $1.key }
                .map { Sample(at: Timestamp(milliseconds: $0.key), value: $0.value) }
        }
    }
}

@Suite struct StoreModelTests {
    @Test(
        "journal, blocks and merged blocks answer like a plain dictionary", arguments: 0..<24)
    func agreement(seed: Int) throws {
        var generator = SplitMix64(seed: seed)
        let folder = try TemporaryDirectory()
        let options = StoreOptions(path: folder.file("store.db"))
        var store = try Store(options)
        var model = Model()
        let labels = (0..<70).map { index in
            LabelSet(
                metricName: "metric_\(index % 7)",
                [
                    "service": "s\(index % 3)", "index": "\(index)",
                    "even": index % 2 == 0 ? "yes" : "",
                ])
        }
        // Each series is in one table, so that the first of two equal timestamps is well defined.
        let tables = [
            SeriesTable(labels: Array(labels[0..<40])),
            SeriesTable(labels: labels[40..<60].reversed()),
            SeriesTable(labels: Array(labels[60..<70])),
        ]
        var clock: Int64 = 1_700_000_000_000
        for round in 0..<Int.random(in: 100...300, using: &generator) {
            clock += Int64.random(in: 1...5_000, using: &generator)
            for table in tables where Int.random(in: 0..<4, using: &generator) > 0 {
                // Now and then a clock that goes back, or stands still.
                let isOdd = Int.random(in: 0..<30, using: &generator) == 0
                let at = isOdd ? clock - Int64.random(in: 0...9_000, using: &generator) : clock
                let count = table.labels.count
                let hasTimestamps = table === tables[2]
                let batch = SampleBatch(
                    at: Timestamp(milliseconds: at), table: table,
                    values: (0..<count).map { index in
                        Int.random(in: 0..<20, using: &generator) == 0
                            ? generator.nastyValue() : Double(round * index)
                    },
                    timestamps: hasTimestamps
                        ? (0..<count).map { _ in
                            at - Int64.random(in: 0...20_000, using: &generator) * 1_000 - 1
                        } : nil)
                store.append([batch])
                model.append(batch)
            }
            switch Int.random(in: 0..<40, using: &generator) {
            case 0: try store.compact(now: Timestamp(milliseconds: clock))
            case 1:
                try store.commit()
                try store.compactFully(now: Timestamp(milliseconds: clock))
            case 2:
                try store.close()
                store = try Store(options)
            case 3...12: try store.commit()
            default: break
            }
            if round % 50 == 49 {
                try store.commit()
                try check(store, model, labels, clock, &generator)
            } else if round % 3 == 0 {
                // As a dashboard asks again: the same series, a later window.
                try store.commit()
                try checkSeries(store, model, from: clock - 60_000, through: clock)
            }
        }
        try store.commit()
        try check(store, model, labels, clock, &generator)
        try store.compactFully(now: Timestamp(milliseconds: clock))
        try check(store, model, labels, clock, &generator)
        #expect(try store.statistics().journalRowCount == 0)
        try store.close()
    }

    private func check(
        _ store: Store, _ model: Model, _ labels: [LabelSet], _ clock: Int64,
        _ generator: inout SplitMix64
    ) throws {
        let from = clock - Int64.random(in: 0...1_000_000, using: &generator)
        for (from, through) in [(Int64.min, Int64.max), (from, from + 100_000), (clock, clock)] {
            try checkSeries(store, model, from: from, through: through)
        }
        let expected = model.lastSamples()
        let last = try store.lastSamples(of: labels)
        for labels in labels {
            let (a, b) = (last[labels], expected[labels])
            #expect(a?.at == b?.at, "\(labels)")
            #expect(a?.value.bitPattern == b?.value.bitPattern, "\(labels)")
        }
    }

    private func checkSeries(
        _ store: Store, _ model: Model, from: Int64, through: Int64
    ) throws {
        let matcher = try LabelMatcher(name: "service", .equal, value: "s1")
        let result = try store.series(
            matching: [matcher], from: Timestamp(milliseconds: from),
            through: Timestamp(milliseconds: through))
        let expected = model.series(from: from, through: through) { $0["service"] == "s1" }
        #expect(result.map(\.labels) == expected.map(\.labels))
        for (a, b) in zip(result, expected) {
            #expect(a.timestamps == b.timestamps, "\(a.labels)")
            #expect(a.values.bitPatterns == b.values.bitPatterns, "\(a.labels)")
        }
    }
}
