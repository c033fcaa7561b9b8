import Foundation
import Storage
import TimeSeries

/// The series of 200 inference servers, 1,000 each, scraped every 2 s for 90 s: what `speed.py`
/// asks about. Written into a store and as OpenMetrics text, the same numbers in both.
struct SimulatedFleet {
    static let targetCount = 200
    static let scrapeCount = 46
    static let intervalMilliseconds: Int64 = 2000

    private struct Member {
        let labels: LabelSet
        var value: Double
        /// Added at each scrape, up to; 0 for a gauge that moves both ways.
        let growth: UInt64
    }

    private static let bounds = [
        "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5",
        "5.0", "10.0", "30.0", "+Inf",
    ]

    /// 80 request counters, 20 histograms of 15 buckets, 580 gauges and what is left.
    private static func members(of target: Int) -> [Member] {
        let instance = "host-\(target):8000"
        var members: [Member] = []
        func add(_ name: String, _ labels: [String: String], from value: Double, by growth: UInt64)
        {
            let all = labels.merging(["instance": instance, "job": "inference"]) { $1 }
            members.append(
                Member(labels: LabelSet(metricName: name, all), value: value, growth: growth))
        }
        for model in 0..<20 {
            let labels = ["model": "m\(model)"]
            for name in ["approve", "refer", "reject", "error"] {
                add(
                    "inference_requests_total", labels.merging(["class": name]) { $1 }, from: 1e6,
                    by: 40)
            }
            for (index, bound) in bounds.enumerated() {
                add(
                    "inference_latency_seconds_bucket", labels.merging(["le": bound]) { $1 },
                    from: Double(index * 100_000), by: UInt64(index) * 3 + 1)
            }
            add("inference_latency_seconds_count", labels, from: 2e6, by: 50)
            add("inference_latency_seconds_sum", labels, from: 1e5, by: 3)
            for feature in 0..<29 {
                add(
                    "feature_value", labels.merging(["feature": "f\(feature)"]) { $1 }, from: 20,
                    by: 0)
            }
        }
        return members
    }

    static func write(store path: String, text: String, start: Int64) throws {
        let store = try Store(StoreOptions(path: path, retention: .seconds(36_500 * 86_400)))
        var targets = (0..<targetCount).map(members)
        let tables = targets.map { SeriesTable(labels: $0.map(\.labels)) }
        var generator = SplitMix64(seed: 1)
        var lines = targets.map { $0.map { _ in "" } }
        for scrape in 0..<scrapeCount {
            for target in targets.indices {
                // Targets are scraped one after the other within the interval.
                let at = start + Int64(scrape) * intervalMilliseconds + Int64(target) * 10
                for index in targets[target].indices {
                    let random = generator.next()
                    let growth = targets[target][index].growth
                    targets[target][index].value +=
                        growth > 0
                        ? Double(random % growth) : Double(Int64(random % 200) - 100) / 100
                    lines[target][index] +=
                        "\(targets[target][index].labels) \(targets[target][index].value) "
                        + "\(Double(at) / 1000)\n"
                }
                store.append([
                    SampleBatch(
                        at: Timestamp(milliseconds: at), table: tables[target],
                        values: targets[target].map(\.value))
                ])
            }
            try store.commit()
        }
        try store.close()
        try writeText(targets, lines, to: text)
    }

    /// By metric, as OpenMetrics wants it.
    private static func writeText(
        _ targets: [[Member]], _ lines: [[String]], to path: String
    ) throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        let names = Set(targets[0].compactMap(\.labels.metricName)).sorted()
        for name in names {
            try file.write(contentsOf: Data("# TYPE \(name) unknown\n".utf8))
            for (target, members) in targets.enumerated() {
                var text = ""
                for (index, member) in members.enumerated() where member.labels.metricName == name {
                    text += lines[target][index]
                }
                try file.write(contentsOf: Data(text.utf8))
            }
        }
        try file.write(contentsOf: Data("# EOF\n".utf8))
        try file.close()
    }
}

/// Vigna's SplitMix64: the same numbers on every run.
private struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
