import Detection
import Foundation
import TestSupport
import Testing
import TimeSeries

@testable import Storage
@testable import mlmon

@Suite("Drift monitor, stored state")
struct DriftStateTests {
    private let usual = [("cat", 0.6), ("dog", 0.3), ("eel", 0.1)]

    private func options() -> DriftOptions {
        DriftOptions(window: .seconds(3600), learning: .seconds(12 * 3600))
    }

    /// The state as mlmon 1.0 wrote it, after eleven of twelve windows of learning.
    private func olderState(of model: MonitoredModel) -> String {
        let hour: Int64 = 3_600_000
        let end = model.now.milliseconds
        let windows = (0..<11).map { i in
            let from = end - Int64(11 - i) * hour
            return """
                {"counts":{"cat":\(240 + i),"dog":\(120 - i),"eel":40},"from":{"milliseconds":\(from)},\
                "through":{"milliseconds":\(from + hour)},"size":1}
                """
        }
        return """
            {"windowEnd":{"milliseconds":\(end)},"readThrough":{"milliseconds":\(end)},"totals":"",\
            "columns":[{"service":"s","model":"m","version":"1","feature":"prediction"},\
            {"running":{},"isAbsent":false,"lastSeen":{"milliseconds":\(end)},\
            "learning":{"since":{"milliseconds":\(end - 11 * hour)},"mergedCount":1,\
            "windows":[\(windows.joined(separator: ","))]},\
            "record":{"service":"s","model":"m","version":"1","feature":"prediction","state":"learning",\
            "fromMilliseconds":0,"throughMilliseconds":1,"bins":[],"referenceCounts":[],"counts":[]}}]}
            """
    }

    @Test("a state in the JSON of older versions is gone on with")
    func older() async throws {
        let model = try MonitoredModel()
        try model.store.record(stateBytes: Array(olderState(of: model).utf8), for: "drift")
        var random = SplitMix64(seed: 8)
        let monitor = DriftMonitor(store: model.store, options: options())
        try model.serve(["1": random.classes(usual)])
        _ = try await model.judged(by: monitor)
        let baseline = try #require(try model.store.baselines().first)
        #expect(baseline.windows.count == 12)
        #expect(baseline.counts.reduce(0, +) == 12 * 400)
    }

    @Test("a state that cannot be read is left, and learning begins anew", arguments: [0, 1, 2])
    func damaged(kind: Int) async throws {
        let model = try MonitoredModel()
        var random = SplitMix64(seed: 9)
        let monitor = try await model.monitor(options())
        for _ in 0..<4 {
            try model.serve(["1": random.classes(usual)])
            _ = try await model.judged(by: monitor)
        }
        try await monitor.saveIfDue(at: model.now)
        var state = try #require(try model.store.stateBytes(for: "drift"))
        switch kind {
        case 0: state[state.count / 2] ^= 1
        case 1: state.removeLast(20)
        default: state = Array("{\"windowEnd\":".utf8)
        }
        try model.store.record(stateBytes: state, for: "drift")
        let next = try await model.monitor(options())
        try model.serve(["1": random.classes(usual)])
        let record = try #require(try await model.judged(by: next))
        #expect(record.state == .learning)
        #expect(record.counts.reduce(0, +) <= 400)
    }
}
