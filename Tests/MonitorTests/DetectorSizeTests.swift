import Detection
import Foundation
import TestSupport
import Testing
import TimeSeries

@testable import Storage
@testable import mlmon

/// What detectors cost in the file. Bars of the product, in bytes.
@Suite("Sizes of detectors")
struct DetectorSizeTests {
    private static let scrape = Duration.seconds(30)
    private static let columnCount = 4
    private static let bounds = (1..<60).map { "\(Double($0) / 60)" } + ["+Inf"]
    private static let categories = (0..<60).map { "class-\($0)" }

    /// Files that hold nothing but verdicts and state, after so many windows; the counters lie in
    /// a store of their own.
    private struct Watched {
        let store: Store
        private let model: MonitoredModel
        private let monitor: DriftMonitor
        private var random = SplitMix64(seed: 1)

        init() throws {
            model = try MonitoredModel(window: .seconds(300))
            store = try Store(
                StoreOptions(
                    path: model.folder.file("verdicts.db"), retention: .seconds(90 * 86_400)))
            monitor = DriftMonitor(
                store: store, source: model.store,
                options: DriftOptions(window: model.window, learning: model.window * 12))
        }

        /// - Returns: The size of the file then, compacted.
        mutating func pass(windows: Int) async throws -> Int {
            let steep = (0..<60).map { 1 / Double($0 + 1) }
            let shares = steep.map { $0 / steep.reduce(0, +) }
            for _ in 0..<windows {
                var now = model.now + .seconds(3)
                var classes: [String: [String: Double]] = [:]
                var scores: [String: [(String, Double)]] = [:]
                for version in 0..<(columnCount / 2) {
                    let counts = random.counts(shares, n: 100)
                    classes["\(version)"] = Dictionary(
                        uniqueKeysWithValues: zip(categories, counts))
                    scores["\(version)"] = Array(zip(bounds, random.counts(shares, n: 100)))
                }
                try model.serve(classes, scores: scores)
                while now < model.now + .seconds(3) {
                    if let batch = try await monitor.advance(to: now) { store.append([batch]) }
                    try store.commit()
                    now = now + scrape
                }
            }
            _ = try await monitor.advance(to: model.now + .seconds(3))
            try await monitor.saveIfDue(at: model.now + .seconds(3))
            try store.compactFully(now: model.now)
            return try store.statistics().fileByteCount
        }
    }

    @Test("a column of 60 bins is at most 4 KB of state, a window of it 250 bytes")
    func drift() async throws {
        var watched = try Watched()
        let before = try await watched.pass(windows: 14)
        let state = try #require(try watched.store.stateBytes(for: "drift"))
        let windows = try watched.store.driftWindows()
        #expect(windows.count == Self.columnCount)
        #expect(windows.allSatisfy { $0.state == .stable || $0.state == .drifted })
        #expect(state.count / Self.columnCount <= 1600)
        for window in windows {
            let record = try JSONEncoder().encode(window).count
            #expect(state.count / Self.columnCount + record <= 4096)
        }
        let windowCount = 20
        let after = try await watched.pass(windows: windowCount)
        let perWindow = (after - before) / (windowCount * Self.columnCount)
        #expect(perWindow <= 250)
    }

    @Test("a signal is at most 16 KB of stored state")
    func anomaly() throws {
        var detector = AnomalyDetector()
        var random = SplitMix64(seed: 2)
        for i in 0..<30_000 {
            let value = 50 + Double.random(in: -1...1, using: &random)
            _ = detector.observe(value, at: Timestamp(milliseconds: Int64(i) * 60_000))
        }
        let state = try StateEncoder.encode(detector)
        #expect(state.count <= 12_000)
        var copy = try StateDecoder.decode(AnomalyDetector.self, from: state)
        for i in 30_000..<30_100 {
            let at = Timestamp(milliseconds: Int64(i) * 60_000)
            #expect(copy.observe(Double(i % 7), at: at) == detector.observe(Double(i % 7), at: at))
        }
    }
}
