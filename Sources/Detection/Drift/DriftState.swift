/// What a drift detector remembers between windows.
package struct DriftState: Codable, Sendable, Equatable {
    struct Pool: Codable, Sendable, Equatable {
        var counts: [Double]
        var windowCount: Int
    }

    private var fingerprint: UInt64
    var memory: WindowMemory
    /// Windows too small to judge.
    var pending: Pool?
    /// Windows in a row that look clean, while an episode lasts.
    var calm: Pool?
    /// An episode has begun and not ended.
    package private(set) var isDrifted = false
    /// Strongest evidence of a single window of the episode, as ln p; 0 when none had any.
    private(set) var strongestLnPValue = 0.0

    init(fingerprint: UInt64, binCount: Int) {
        self.fingerprint = fingerprint
        memory = WindowMemory(binCount: binCount)
    }

    func belongs(to fingerprint: UInt64, binCount: Int) -> Bool {
        self.fingerprint == fingerprint && memory.binCount == binCount
            && [pending, calm].allSatisfy { $0.map { $0.counts.count == binCount } ?? true }
    }

    /// The window together with those before it that were too small; the sum becomes pending.
    mutating func carry(_ window: [Double], atMost windowCount: Int) -> [Double] {
        var pool = pending ?? Pool(counts: window.map { _ in 0 }, windowCount: 0)
        if pool.windowCount >= windowCount {
            pool = Pool(counts: window.map { _ in 0 }, windowCount: 0)
        }
        pool = pool.adding(window)
        pending = pool
        return pool.counts
    }

    mutating func addCalm(_ window: [Double]) {
        calm = calm?.adding(window) ?? Pool(counts: window, windowCount: 1)
    }

    mutating func startOrContinueEpisode(lnWindow: Double) {
        isDrifted = true
        strongestLnPValue = min(strongestLnPValue, max(lnWindow, -1e6))
    }

    mutating func endEpisode() {
        isDrifted = false
        strongestLnPValue = 0
        calm = nil
    }
}

extension DriftState.Pool {
    func adding(_ window: [Double]) -> DriftState.Pool {
        DriftState.Pool(
            counts: zip(counts, window).map { $0 + $1 }, windowCount: windowCount + 1)
    }
}
