import Querying
import TestSupport
import Testing
import TimeSeries

@testable import Storage

@Suite("How samples are stored makes no difference to a query")
struct SplitTests {
    private static let expressions = [
        "rate(hits_total[1m])", "increase(hits_total[37s])", "resets(hits_total[5m])",
        "sum(rate(hits_total[90s]))", "max_over_time(hits_total[45s])", "hits_total",
        "quantile_over_time(0.5, hits_total[2m] offset 20s)", "hits_total @ end()",
    ]

    @Test("any split into journal rows and blocks gives what memory gives", arguments: 0..<20)
    func splits(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryDirectory()
        let store = try Store(
            StoreOptions(path: folder.file("mlmon.db"), retention: .seconds(1e9)))
        let tables = (1...3).map { count in
            SeriesTable(
                labels: (0..<(count * 20)).map { index in
                    LabelSet(metricName: "hits_total", ["page": "\(count)", "i": "\(index)"])
                })
        }
        var series: [LabelSet: Series] = [:]
        var values: [LabelSet: Double] = [:]
        var time: Int64 = 1_000_000
        for _ in 0..<80 {
            time += Int64.random(in: 1...9000, using: &random)
            guard let table = tables.randomElement(using: &random) else { continue }
            let at = Timestamp(milliseconds: time)
            var row: [Double] = []
            for labels in table.labels {
                let isRestart = Int.random(in: 0..<15, using: &random) == 0
                var value = (isRestart ? 0 : values[labels] ?? 0)
                value += Double(Int.random(in: 0...50, using: &random)) / 4
                values[labels] = value
                let isEnd = Int.random(in: 0..<40, using: &random) == 0
                row.append(isEnd ? .staleMarker : value)
                series[labels, default: Series(labels: labels)].timestamps.append(time)
                series[labels]?.values.append(isEnd ? .staleMarker : value)
            }
            store.append([SampleBatch(at: at, table: table, values: row)])
            if Int.random(in: 0..<3, using: &random) == 0 { try store.commit() }
            if Int.random(in: 0..<6, using: &random) == 0 {
                try store.compact(now: at + .seconds(86_400))
            }
        }
        try store.commit()
        let memory = MemorySource(series.values.sorted { $0.labels < $1.labels })
        let (start, end) = (Timestamp(milliseconds: 1_000_000), Timestamp(milliseconds: time))
        for text in Self.expressions {
            let expression = try QueryExpression(parsing: text)
            let engine = QueryEngine()
            let stored = try engine.range(
                expression, start: start, end: end, step: .seconds(7), over: store)
            let expected = try engine.range(
                expression, start: start, end: end, step: .seconds(7), over: memory)
            #expect(stored.map(\.labels) == expected.map(\.labels), "\(text)")
            for (a, b) in zip(stored, expected) {
                #expect(a.timestamps == b.timestamps, "\(text) \(a.labels)")
                let isClose = zip(a.values, b.values).allSatisfy { abs($0 - $1) <= abs($1) * 1e-12 }
                #expect(isClose, "\(text) \(a.labels)")
            }
        }
        try store.close()
    }
}
