/// What a drift detector remembers between windows.
package struct DriftState: Codable, Sendable, Equatable {
    struct Pool: Codable, Sendable, Equatable {
        var counts: [Double]
        var windowCount: Int
        /// Sum of the windows' places in the season, each as often as it has observations.
        var design: [Double]?
    }

    private var fingerprint: UInt64
    var memory: WindowMemory
    /// Where in the season the windows of the memory lie, with their weights.
    var memoryDesign: [Double]?
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
    mutating func carry(
        _ window: [Double], design: [Double]?, atMost windowCount: Int
    ) -> Pool {
        var pool = pending ?? Pool(counts: window.map { _ in 0 }, windowCount: 0)
        if pool.windowCount >= windowCount {
            pool = Pool(counts: window.map { _ in 0 }, windowCount: 0)
        }
        pool = pool.adding(window, design: design)
        pending = pool
        return pool
    }

    mutating func addCalm(_ window: [Double], design: [Double]?) {
        let pool = calm ?? Pool(counts: window.map { _ in 0 }, windowCount: 0)
        calm = pool.adding(window, design: design)
    }

    /// Lets the memory learn a window.
    mutating func remember(_ counts: [Double], design: [Double]?) {
        memory.insert(counts)
        guard let design else { return memoryDesign = nil }
        let rate = WindowMemory.rate
        if let known = memoryDesign, known.count == design.count {
            memoryDesign = zip(known, design).map { (1 - rate) * $0 + rate * $1 }
        } else {
            memoryDesign = design
        }
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
    func adding(_ window: [Double], design: [Double]?) -> DriftState.Pool {
        var pool = DriftState.Pool(
            counts: zip(counts, window).map { $0 + $1 }, windowCount: windowCount + 1)
        guard let design else { return pool }
        let n = window.reduce(0, +)
        let known = self.design ?? []
        pool.design = design.indices.map { ($0 < known.count ? known[$0] : 0) + n * design[$0] }
        return pool
    }

    /// The mean place in the season.
    var meanDesign: [Double]? {
        let n = counts.reduce(0, +)
        return n > 0 ? design.map { $0.map { $0 / n } } : nil
    }
}
