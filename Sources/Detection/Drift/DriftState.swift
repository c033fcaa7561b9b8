/// What a drift detector remembers between windows.
package struct DriftState: Codable, Sendable, Equatable {
    struct Pool: Codable, Sendable, Equatable {
        var counts: [Double]
        var windowCount: Int
        /// Sum of the windows' places in the season, each as often as it has observations.
        var design: [Double]?
        /// The windows' own references, each weighted by its window; nil where one serves all.
        var reference: WindowMemory?

        var isSound: Bool {
            StoredRange.count.contains(windowCount) && counts.allSatisfy(StoredRange.size.contains)
                && (design ?? []).allSatisfy(\.isFinite)
        }
    }

    /// Where the reference of a window comes from.
    enum Standard: Equatable {
        /// One reference for all windows, at this place in its season.
        case fixed(Season.Design?)
        /// A reference of the window's own.
        case own([Double], isShared: Bool)
    }

    private var fingerprint: UInt64
    var memory: WindowMemory
    /// Where in the season the windows of the memory lie: a sum with the memory's own weights.
    private var memoryDesignSum: [Double]?
    /// The references of the windows of the memory, with their weights; nil where one serves all.
    private(set) var referenceMemory: WindowMemory?
    /// Values that the reference has not; nil until there are any.
    private var newcomers: Newcomers?
    /// Windows too small to judge.
    var pending: Pool?
    /// Windows in a row that look clean, while an episode lasts.
    var calm: Pool?
    /// An episode has begun and not ended.
    package private(set) var isDrifted = false
    /// Once critical, an episode stays so, however it wavers.
    package private(set) var isCritical = false
    /// Strongest evidence of a single window of the episode, as ln p; 0 when none had any.
    private(set) var strongestLnPValue = 0.0

    init(fingerprint: UInt64, binCount: Int) {
        self.fingerprint = fingerprint
        memory = WindowMemory(binCount: binCount)
    }

    /// - Returns: false for numbers that no detector has left, too.
    func belongs(to fingerprint: UInt64, binCount: Int) -> Bool {
        self.fingerprint == fingerprint && memory.binCount == binCount && isSound
            && (referenceMemory?.binCount ?? binCount) == binCount
            && [pending, calm].compactMap(\.self).allSatisfy { pool in
                pool.counts.count == binCount && (pool.reference?.binCount ?? binCount) == binCount
            }
    }

    private var isSound: Bool {
        strongestLnPValue <= 0 && (memoryDesignSum ?? []).allSatisfy(\.isFinite)
            && [pending, calm].compactMap(\.self).allSatisfy(\.isSound)
            && newcomers?.isSound ?? true
    }

    /// The window together with those before it that were too small; the sum becomes pending.
    mutating func carry(
        _ window: [Double], _ standard: Standard, atMost windowCount: Int
    ) -> Pool {
        var pool = pending ?? Pool(counts: window.map { _ in 0 }, windowCount: 0)
        if pool.windowCount >= windowCount {
            pool = Pool(counts: window.map { _ in 0 }, windowCount: 0)
        }
        pool = pool.adding(window, standard)
        pending = pool
        return pool
    }

    mutating func addCalm(_ window: [Double], _ standard: Standard) {
        let pool = calm ?? Pool(counts: window.map { _ in 0 }, windowCount: 0)
        calm = pool.adding(window, standard)
    }

    /// Forgets all windows but these.
    mutating func restartMemory(from pool: Pool) {
        memory = WindowMemory(binCount: pool.counts.count)
        memoryDesignSum = nil
        referenceMemory = nil
        remember(pool.counts, pool.standard)
    }

    /// Adds bins that no window had so far.
    mutating func extend(to binCount: Int) {
        memory.extend(to: binCount)
        referenceMemory?.extend(to: binCount)
        pending?.extend(to: binCount)
        calm?.extend(to: binCount)
    }

    /// Counts the values of a window that the reference has not.
    mutating func count(
        _ values: [(name: String, count: Double)], n: Double, m: Double
    ) -> Newcomers.Strongest? {
        guard !values.isEmpty || newcomers != nil else { return nil }
        var all = newcomers ?? Newcomers()
        defer { newcomers = all }
        return all.insert(values, n: n, m: m)
    }

    /// Whether a new value that was evidence may still be there.
    func isAwaitingNewcomer(below lnLimit: Double, m: Double) -> Bool {
        newcomers?.isAwaiting(below: lnLimit, m: m) ?? false
    }

    /// Lets the memory learn a window.
    mutating func remember(_ counts: [Double], _ standard: Standard) {
        memory.insert(counts)
        switch standard {
        case .own(let reference, let isShared):
            var memory = referenceMemory ?? WindowMemory(binCount: reference.count)
            memory.insert(reference, isShared: isShared)
            referenceMemory = memory
        case .fixed(let design): rememberDesign(design)
        }
    }

    private mutating func rememberDesign(_ design: [Double]?) {
        guard let design else { return memoryDesignSum = nil }
        let known = memoryDesignSum.flatMap { $0.count == design.count ? $0 : nil }
        let rate = WindowMemory.rate
        memoryDesignSum = design.indices.map { i in
            (1 - rate) * (known?[i] ?? 0) + rate * design[i]
        }
    }

    /// The mean place in the season of the windows of the memory; nil where no season is known.
    var memoryDesign: [Double]? {
        // The first part of a design is 1, so that of the sum is the weight of all.
        guard let sum = memoryDesignSum, let weight = sum.first, weight > 0 else { return nil }
        return sum.map { $0 / weight }
    }

    mutating func startOrContinueEpisode(lnWindow: Double, isCritical: Bool = false) {
        isDrifted = true
        self.isCritical = self.isCritical || isCritical
        strongestLnPValue = min(strongestLnPValue, max(lnWindow, -1e6))
    }

    mutating func endEpisode() {
        isDrifted = false
        isCritical = false
        strongestLnPValue = 0
        calm = nil
    }
}

extension DriftState.Pool {
    func adding(_ window: [Double], _ standard: DriftState.Standard) -> DriftState.Pool {
        var pool = DriftState.Pool(
            counts: zip(counts, window).map { $0 + $1 }, windowCount: windowCount + 1)
        let n = window.reduce(0, +)
        switch standard {
        case .fixed(let design):
            guard let design else { break }
            let known = self.design ?? []
            pool.design = design.indices.map {
                ($0 < known.count ? known[$0] : 0) + n * design[$0]
            }
        case .own(let counts, let isShared):
            var reference = self.reference ?? WindowMemory(binCount: counts.count)
            reference.insert(counts, weight: n, keep: 1, isShared: isShared)
            pool.reference = reference
        }
        return pool
    }

    /// What the pool is compared with: the mean place in the season, or its own references.
    var standard: DriftState.Standard {
        if let reference { return .own(reference.counts, isShared: false) }
        let n = counts.reduce(0, +)
        return .fixed(n > 0 ? design.map { $0.map { $0 / n } } : nil)
    }

    mutating func extend(to binCount: Int) {
        counts += [Double](repeating: 0, count: max(binCount - counts.count, 0))
        reference?.extend(to: binCount)
    }
}
