import Benchmark
import Detection
import Foundation
import Querying
import Scraping
import Storage
import TimeSeries

/// A page like those of inference services: counters, gauges and latency histograms, 416 series.
private func page(round: Int) -> [UInt8] {
    var lines = ["# TYPE inference_requests_total counter"]
    for i in 0..<32 { lines.append("inference_requests_total{model=\"m\(i)\"} \(round * 17 + i)") }
    lines.append("# TYPE inference_latency_seconds histogram")
    for i in 0..<24 {
        for (j, bound) in [
            "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5",
            "10", "+Inf",
        ].enumerated() {
            lines.append(
                "inference_latency_seconds_bucket{model=\"m\(i)\",le=\"\(bound)\"} \(round * (j + 1))"
            )
        }
        lines.append("inference_latency_seconds_sum{model=\"m\(i)\"} \(Double(round) * 0.37)")
        lines.append("inference_latency_seconds_count{model=\"m\(i)\"} \(round * 12)")
    }
    lines.append("# TYPE queue_depth gauge")
    for i in 0..<48 { lines.append("queue_depth{worker=\"w\(i)\"} \((round + i) % 7)") }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
}

private let start = Timestamp(milliseconds: 1_700_000_000_000)

let benchmarks: @Sendable () -> Void = {
    let configuration = Benchmark.Configuration(
        metrics: [.cpuTotal, .wallClock, .throughput, .instructions],
        maxDuration: .seconds(3))

    Benchmark("Read a steady page of 416 series", configuration: configuration) { benchmark in
        let reader = PageReader(targetLabels: ["service": "s", "instance": "i"])
        let pages = (1...16).map(page)
        for round in benchmark.scaledIterations {
            blackHole(
                try? reader.read(
                    body: pages[round % pages.count], format: .text,
                    at: start + .seconds(round)))
        }
    }

    Benchmark("Append and commit a scrape of 416 series", configuration: configuration) {
        benchmark in
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "mlmon-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try Store(StoreOptions(path: folder.appending(path: "b.db").path))
        let table = SeriesTable(
            labels: (0..<416).map { LabelSet(metricName: "m", ["i": "\($0)"]) })
        benchmark.startMeasurement()
        for round in benchmark.scaledIterations {
            let values = (0..<416).map { Double(round * ($0 + 1)) }
            store.append([
                SampleBatch(at: start + .seconds(round), table: table, values: values)
            ])
            try store.commit()
        }
        benchmark.stopMeasurement()
        try store.close()
    }

    Benchmark("sum(rate()) over 1,000 series, 45 steps", configuration: configuration) {
        benchmark in
        let series = (0..<1000).map { i in
            Series(
                labels: LabelSet(metricName: "c", ["i": "\(i)"]),
                timestamps: (0..<75).map { start.milliseconds + Int64($0) * 2000 },
                values: (0..<75).map { Double($0 * (i + 1)) })
        }
        let source = MemorySource(series)
        let expression = try QueryExpression(parsing: "sum(rate(c[1m]))")
        for _ in benchmark.scaledIterations {
            blackHole(
                try QueryEngine().range(
                    expression, start: start + .seconds(60), end: start + .seconds(150),
                    step: .seconds(2), over: source))
        }
    }

    Benchmark("Judge a window of 60 bins", configuration: configuration) { benchmark in
        let bins = (0..<60).map { "\($0)" }
        var detector = DriftDetector(
            reference: DriftReference(
                kind: .ordered, bins: bins, counts: bins.indices.map { Double(1000 + $0) }))
        for round in benchmark.scaledIterations {
            blackHole(
                detector.judge(
                    bins: bins, counts: bins.indices.map { Double(20 + ($0 + round) % 5) }))
        }
    }

    let values = (0..<10_000_000).map { Double(($0 &* 7919) % 1_000_003) / 1_000_003 }

    Benchmark("Count 10 million values in 60 bins", configuration: configuration) { benchmark in
        guard
            let bins = QuantileBins(
                reference: FiniteSample(Array(values[..<100_000])), binCount: 60)
        else { return }
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(bins.counts(of: values)) }
    }

    Benchmark("Moments of 10 million values", configuration: configuration) { benchmark in
        for _ in benchmark.scaledIterations {
            var moments = Moments()
            moments.insert(contentsOf: values)
            blackHole(moments)
        }
    }

    Benchmark("A verdict from 1,000 windows of 60 bins", configuration: configuration) {
        benchmark in
        let bins = (0..<60).map { "\($0)" }
        let windows = (0..<1000).map { i in (0..<60).map { Double((i * 31 + $0 * 17) % 8) } }
        let counts = bins.indices.map { i in windows.reduce(0) { $0 + $1[i] } }
        let times = windows.indices.map { start + .seconds(3600 * $0) }
        for _ in benchmark.scaledIterations {
            var detector = DriftDetector(
                reference: DriftReference(
                    kind: .ordered, bins: bins, counts: counts, windows: windows,
                    windowTimes: times))
            blackHole(detector.judge(bins: bins, counts: windows[0], at: start))
        }
    }

    Benchmark(
        "Judge 10,000 points of a signal for anomalies", configuration: configuration
    ) { benchmark in
        var detector = AnomalyDetector()
        let values = (0..<10_000).map { index -> Double in
            let wave: Double = 20 * sin(Double(index) / 50)
            return 100 + wave + Double(index * 7919 % 101)
        }
        var time = start
        for _ in benchmark.scaledIterations {
            for value in values {
                time = time + .seconds(15)
                blackHole(detector.observe(value, at: time))
            }
        }
    }
}
