import Benchmark
import CountedMalloc
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

private let allocations = BenchmarkMetric.custom(
    "Allocations per 1,000 samples", polarity: .prefersSmaller, useScalingFactor: false)

extension Benchmark {
    /// Runs the measured part, and reports what it allocates.
    fileprivate func measure(sampleCount: Int, _ body: () throws -> Void) rethrows {
        startMeasurement()
        let before = counted_malloc_count()
        try body()
        let count = counted_malloc_count() - before
        stopMeasurement()
        measurement(allocations, Int(count) * 1000 / max(sampleCount, 1))
    }
}

/// A store in a folder of its own, and the scrapes of one target with 416 series.
private final class StoreBenchmark {
    let store: Store
    private let folder: URL
    private let table = SeriesTable(
        labels: (0..<416).map { LabelSet(metricName: "m", ["i": "\($0)"]) })

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "mlmon-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try Store(StoreOptions(path: folder.appending(path: "b.db").path))
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    func scrape(_ round: Int) -> SampleBatch {
        let values = (0..<416).map { series -> Double in
            // Some counters, some that rest, some gauges with decimals.
            switch series % 4 {
            case 0: Double(series * 10)
            case 1: Double((round * 7919 + series) % 97) / 4
            default: Double(round * (series + 1) + (round * series) % 7)
            }
        }
        return SampleBatch(at: start + .seconds(round * 15), table: table, values: values)
    }

    func fill(_ rounds: Range<Int>) throws {
        store.append(rounds.map(scrape))
        try store.commit()
    }
}

let benchmarks: @Sendable () -> Void = {
    let configuration = Benchmark.Configuration(
        metrics: [.cpuTotal, .wallClock, .throughput, .instructions, allocations],
        maxDuration: .seconds(3))

    Benchmark("Read a steady page of 416 series", configuration: configuration) { benchmark in
        let reader = PageReader(targetLabels: ["service": "s", "instance": "i"])
        let pages = (1...16).map(page)
        _ = try reader.read(body: pages[0], format: .text, at: start)
        benchmark.measure(sampleCount: 416 * benchmark.scaledIterations.count) {
            for round in benchmark.scaledIterations {
                blackHole(
                    try? reader.read(
                        body: pages[round % pages.count], format: .text,
                        at: start + .seconds(round)))
            }
        }
    }

    Benchmark("Append and commit a scrape of 416 series", configuration: configuration) {
        benchmark in
        let stored = try StoreBenchmark()
        try stored.fill(0..<1)
        let batches = benchmark.scaledIterations.map { stored.scrape($0 + 1) }
        try benchmark.measure(sampleCount: 416 * batches.count) {
            for batch in batches {
                stored.store.append([batch])
                try stored.store.commit()
            }
        }
    }

    Benchmark("Compact 120 scrapes of 416 series", configuration: configuration) { benchmark in
        for _ in benchmark.scaledIterations {
            let stored = try StoreBenchmark()
            try stored.fill(0..<120)
            try benchmark.measure(sampleCount: 416 * 120) {
                try stored.store.compact(now: start + .seconds(1800))
            }
        }
    }

    Benchmark("Decode 416 series of 480 samples", configuration: configuration) { benchmark in
        let stored = try StoreBenchmark()
        try stored.fill(0..<480)
        try stored.store.compactFully(now: start + .seconds(7200))
        let matchers = [try LabelMatcher(name: "__name__", .equal, value: "m")]
        try benchmark.measure(sampleCount: 416 * 480 * benchmark.scaledIterations.count) {
            for _ in benchmark.scaledIterations {
                blackHole(
                    try stored.store.series(
                        matching: matchers, from: start, through: start + .seconds(7200)))
            }
        }
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
