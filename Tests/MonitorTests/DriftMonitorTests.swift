import Detection
import Foundation
import Storage
import TestSupport
import Testing
import TimeSeries

@testable import mlmon

@Suite("Drift monitor")
struct DriftMonitorTests {
    private let usual = [("cat", 0.6), ("dog", 0.3), ("eel", 0.1)]
    private let other = [("cat", 0.35), ("dog", 0.3), ("eel", 0.35)]

    private func options(learn windows: Int = 12, window: Int = 3600) -> DriftOptions {
        DriftOptions(window: .seconds(window), learning: .seconds(windows * window))
    }

    /// Shares that swing with the hour of the day.
    private func seasonal(_ hour: Int) -> [(String, Double)] {
        let swing = 0.15 * sin(2 * .pi * Double(hour) / 24)
        return [("cat", 0.5 + swing), ("dog", 0.3 - swing), ("eel", 0.2)]
    }

    @Test("a season of the day is allowed for, as in recorded values")
    func season() async throws {
        let model = try MonitoredModel()
        var random = SplitMix64(seed: 1)
        let options = options(learn: 72)
        let monitor = try await model.monitor(options)
        var windows: [(counts: [String: Double], middle: Timestamp)] = []
        var records: [DriftWindowRecord] = []
        for hour in 0..<120 {
            let counts = random.classes(seasonal(hour))
            windows.append((counts, model.now + .seconds(1800)))
            try model.serve(["1": counts])
            let record = try await model.judged(by: monitor)
            if hour >= 72 { records.append(try #require(record)) }
        }
        #expect(records.allSatisfy { $0.state == .stable })

        let bins = ["cat", "dog", "eel"]
        let learned = windows[..<72]
        let table = learned.map { window in bins.map { window.counts[$0] ?? 0 } }
        var detector = DriftDetector(
            reference: DriftReference(
                kind: .categories, bins: bins,
                counts: bins.indices.map { i in table.reduce(0) { $0 + $1[i] } }, windows: table,
                windowTimes: learned.map(\.middle)), options: options)
        for (record, window) in zip(records, windows[72...]) {
            let verdict = detector.judge(
                bins: bins, counts: bins.map { window.counts[$0] ?? 0 }, at: window.middle)
            #expect(verdict.isSeasonCorrected)
            #expect(record.pValue == verdict.pValue)
        }
    }

    @Test("each version is judged by its own first windows; the state outlives restarts")
    func episode() async throws {
        let model = try MonitoredModel()
        var random = SplitMix64(seed: 2)
        var states: [DriftWindowRecord.State?] = []
        var restarted: [DriftWindowRecord.State?] = []
        for isRestarting in [false, true] {
            let model = isRestarting ? try MonitoredModel() : model
            random = SplitMix64(seed: 2)
            var monitor = try await model.monitor(options())
            for hour in 0..<40 {
                let shares = (20..<28).contains(hour) ? other : usual
                try model.serve(["1": random.classes(shares)])
                let state = try await model.judged(by: monitor)?.state
                if isRestarting { restarted.append(state) } else { states.append(state) }
                if isRestarting {
                    try await monitor.saveIfDue(at: model.now)
                    monitor = try await model.monitor(options())
                }
            }
        }
        #expect(states == restarted)
        #expect(states.prefix(12).allSatisfy { $0 == .learning })
        #expect(states[14..<20].allSatisfy { $0 == .stable })
        #expect(states[20..<28].allSatisfy { $0 == .drifted })
        #expect(states[32...].allSatisfy { $0 == .stable }, "\(states)")
    }

    @Test("a canary is judged by the same window of the version that runs beside it")
    func canary() async throws {
        let model = try MonitoredModel()
        var random = SplitMix64(seed: 3)
        var options = options()
        options.references = [DriftReferenceRule(service: "s", source: .version("stable"))]
        let monitor = try await model.monitor(options)
        let canary = MonitoredModel.key("canary")
        var states: [DriftWindowRecord.State?] = []
        for hour in 0..<30 {
            // What both see moves together and is no drift; from hour 20 on the canary differs.
            let shared = hour % 2 == 0 ? usual : other
            let own = hour < 20 ? shared : [("cat", 0.3), ("dog", 0.6), ("eel", 0.1)]
            try model.serve([
                "stable": random.classes(shared, n: 2000), "canary": random.classes(own, n: 300),
            ])
            states.append(try await model.judged(by: monitor, canary)?.state)
        }
        #expect(states[2..<20].allSatisfy { $0 == .stable }, "\(states)")
        #expect(states[20...].allSatisfy { $0 == .drifted }, "\(states)")

        try model.serve(["canary": random.classes(usual)])
        model.pass(2)
        try model.serve(["canary": random.classes(usual)])
        let alone = try #require(try await model.judged(by: monitor, canary))
        #expect(alone.note == "version stable, the reference, does not run")
        #expect(alone.state == .insufficient)
    }

    @Test("windows are compared with the same hour of earlier weeks")
    func hourOfWeek() async throws {
        let model = try MonitoredModel()
        var random = SplitMix64(seed: 4)
        var options = options()
        options.references = [DriftReferenceRule(source: .hourOfWeek(weekCount: 2))]
        let monitor = try await model.monitor(options)
        var states: [DriftWindowRecord.State?] = []
        // No curve: Saturdays and Sundays are another world.
        for hour in 0..<(16 * 24) {
            let isWeekend = hour / 24 % 7 >= 5
            let shares =
                hour >= 15 * 24
                ? [("cat", 0.2), ("dog", 0.7), ("eel", 0.1)]
                : isWeekend ? other : usual
            try model.serve(["1": random.classes(shares, n: 1000)])
            states.append(try await model.judged(by: monitor)?.state)
        }
        #expect(states[..<168].allSatisfy { $0 == .insufficient })
        #expect(states[170..<360].allSatisfy { $0 == .stable })
        #expect(states[361...].allSatisfy { $0 == .drifted })
    }

    @Test("a span of the store that the configuration names is the reference")
    func span() async throws {
        let model = try MonitoredModel()
        var random = SplitMix64(seed: 5)
        let from = model.now
        for _ in 0..<20 { try model.serve(["1": random.classes(usual)]) }
        var options = options()
        options.references = [
            DriftReferenceRule(source: .span(from: from, through: model.now))
        ]
        let monitor = try await model.monitor(options)
        _ = try await model.judged(by: monitor)
        for i in 0..<6 {
            let shares = i < 3 ? usual : other
            try model.serve(["1": random.classes(shares), "2": random.classes(usual)])
            let record = try await model.judged(by: monitor)
            if i > 0 { #expect(record?.state == (i < 3 ? .stable : .drifted)) }
        }
        let later = try await model.judged(by: monitor, MonitoredModel.key("2"))
        #expect(later?.state == .stable, "a later version is compared with the one of the span")
        let baselines = try model.store.baselines()
        #expect(baselines.map(\.origin) == [.configured, .configured])
        #expect(baselines[0].windowMilliseconds?.count == baselines[0].windows.count)

        options.references = [
            DriftReferenceRule(source: .span(from: from - .seconds(7200), through: from))
        ]
        let without = try await model.monitor(options)
        try model.serve(["1": random.classes(usual)])
        let record = try await model.judged(by: without)
        #expect(record?.note?.hasPrefix("no predictions between") == true, "\(record as Any)")
    }

    @Test("a file of values or counts is the reference", arguments: ["values", "counts"])
    func file(content: String) async throws {
        let model = try MonitoredModel()
        var random = SplitMix64(seed: 6)
        let shares = usual.map(\.1)
        let counts = random.counts(shares, n: 5000)
        let rows = zip(usual.map(\.0), counts).map { name, count in
            content == "counts"
                ? "\(name),\(count)\n" : String(repeating: "\(name)\n", count: Int(count))
        }
        let path = try model.folder.write(
            (content == "counts" ? "bin,count\n" : "value\n") + rows.joined(), to: "reference.csv")
        let scoreRows = (0..<5000).map { "\(Double($0 % 100) / 100)\n" }.joined()
        let scorePath = try model.folder.write("value\n" + scoreRows, to: "scores.csv")
        var options = options()
        options.references = [
            DriftReferenceRule(feature: "prediction", source: .file(path: path)),
            DriftReferenceRule(feature: "score", source: .file(path: scorePath)),
        ]
        let monitor = try await model.monitor(options, files: try options.referenceFiles())
        let even = [("0.245", 100.0), ("0.5", 104.0), ("0.745", 96.0), ("+Inf", 100.0)]
        let high = [("0.245", 20.0), ("0.5", 80.0), ("0.745", 150.0), ("+Inf", 150.0)]
        for i in 0..<8 {
            try model.serve(
                ["1": random.classes(i < 4 ? usual : other)], scores: ["1": i < 4 ? even : high])
            let record = try await model.judged(by: monitor)
            let scores = try await model.judged(by: monitor, MonitoredModel.key(feature: .score))
            guard i > 0 else { continue }
            #expect(record?.state == (i < 4 ? .stable : .drifted), "window \(i): \(record as Any)")
            #expect(scores?.state == (i < 4 ? .stable : .drifted), "window \(i): \(scores as Any)")
        }
        #expect(try model.store.baselines().map(\.origin) == [.file, .file])
    }

    @Test(
        "mistakes in a reference file are told with their line",
        arguments: [
            ("bin,count\na,x\n", "2: the count is 'x'"), ("bin,count\na,-1\n", "2: the count is"),
            ("bin,count\na,0\n", "counts nothing"), ("value\n\n", "no values"),
            ("a,b\n", "1: the reference has neither"), ("", "1: the file is empty"),
        ])
    func wrongFile(text: String, message: String) throws {
        let model = try MonitoredModel()
        let path = try model.folder.write(text, to: "reference.csv")
        let error = #expect(throws: CommandFailure.self) { try ReferenceFile(path: path) }
        #expect(error?.message.contains(message) == true, "\(error as Any)")
    }

    @Test("a model that is gone has no verdict, and is judged again when it is back")
    func disappearance() async throws {
        let model = try MonitoredModel()
        var random = SplitMix64(seed: 7)
        let monitor = try await model.monitor(options())
        for hour in 0..<24 {
            try model.serve(["1": random.classes(hour < 20 ? usual : other)])
            _ = try await model.judged(by: monitor)
        }
        model.pass(3)
        let gone = try #require(try await model.judged(by: monitor))
        #expect(gone.state == .insufficient)
        #expect(gone.note?.hasPrefix("no predictions since") == true)
        for _ in 0..<6 {
            try model.serve(["1": random.classes(usual)])
            _ = try await model.judged(by: monitor)
        }
        #expect(try await model.judged(by: monitor)?.state == .stable)
    }

    @Test("changed bucket bounds are said, not judged", arguments: [["0.25", "0.75"], []])
    func changedBounds(bounds: [String]) async throws {
        let model = try MonitoredModel()
        let monitor = try await model.monitor(options(learn: 3))
        let key = MonitoredModel.key(feature: .score)
        for _ in 0..<6 {
            try model.serve(scores: ["1": [("0.5", 100), ("+Inf", 100)]])
            _ = try await model.judged(by: monitor, key)
        }
        #expect(try await model.judged(by: monitor, key)?.state == .stable)
        for _ in 0..<2 {
            try model.serve(scores: ["1": (bounds + ["+Inf"]).map { ($0, 60) }])
            _ = try await model.judged(by: monitor, key)
        }
        let record = try #require(try await model.judged(by: monitor, key))
        #expect(record.state == .insufficient)
        #expect(record.note == "the bucket bounds changed; pin a new baseline")
    }

    @Test("the budget is spread over the distributions, and the verdict says all there is")
    func verdict() async throws {
        let model = try MonitoredModel()
        var random = SplitMix64(seed: 8)
        var options = options()
        options.budget = .weekly
        let monitor = try await model.monitor(options)
        for hour in 0..<14 {
            try model.serve([
                "1": random.classes(hour < 13 ? usual : other, n: 3000), "2": random.classes(usual),
            ])
            _ = try await model.judged(by: monitor)
        }
        let record = try #require(
            try model.store.driftWindows().first { $0.version == "1" })
        let detail = try #require(record.detail)
        #expect(abs(detail.significance - 1.0 / 168 / 2) < 1e-12)
        #expect(record.state == .drifted && detail.isSignificant && detail.isCritical)
        #expect(record.stateNumber == 4)
        #expect(Set(detail.changes.map(\.bin)) == ["cat", "dog", "eel"])
        let (lower, upper) = (try #require(detail.psiLower), try #require(detail.psiUpper))
        #expect(lower < (record.psi ?? 0) && (record.psi ?? 0) < upper)
        #expect(detail.fixedRules.contains { $0.rule == "PSI > 0.2" && $0.isAlarm })
        #expect(detail.n == 3000 && detail.m == 36_000)
        for part in ["cat ", "corrected", "limit 0.003", "reference: learned, 2h old"] {
            #expect(record.text.contains(part), "\(part): \(record.text)")
        }
        let batch = try #require(try await monitor.advance(to: model.now + .seconds(5)))
        let series = Dictionary(
            zip(
                batch.table.labels.map { "\($0["__name__"] ?? "") \($0["version"] ?? "")" },
                batch.values),
            uniquingKeysWith: { a, _ in a })
        #expect(series["mlmon_drift_state 1"] == 4 && series["mlmon_drift_state 2"] == 2)
        for name in ["psi", "psi_corrected", "p_value", "samples"] {
            #expect(series["mlmon_drift_\(name) 1"] != nil, "\(name)")
        }
    }
}
