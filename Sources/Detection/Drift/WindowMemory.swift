/// Weighted shares of several windows, as a sample of its own.
///
/// The weights make a sample of `effectiveCount` observations, so the tests for one window serve
/// for the blend too, and the error of the reference stays in them.
struct WindowMemory: Codable, Sendable, Equatable {
    /// Weight of the newest window in the memory of the latest ones.
    static let rate = 0.15

    private var shares: [Double]
    private var weight = 0.0
    /// Σ wᵢ²/nᵢ over the windows, if they are independent.
    private var variance = 0.0

    init(binCount: Int) {
        shares = [Double](repeating: 0, count: binCount)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        shares = try container.decodeNumbers(.shares, in: StoredRange.size)
        weight = try container.decode(.weight, in: StoredRange.size)
        variance = try container.decode(.variance, in: StoredRange.square)
    }

    var binCount: Int { shares.count }

    /// Lets the window in with the weight of the newest, exponentially.
    mutating func insert(_ counts: [Double], isShared: Bool = false) {
        insert(counts, weight: Self.rate, keep: 1 - Self.rate, isShared: isShared)
    }

    /// - Parameters:
    ///   - weight: Of this window.
    ///   - keep: What is left of the weights so far, in 0...1.
    ///   - isShared: The window may hold observations of those before, whose errors then add up
    ///     instead of cancelling.
    mutating func insert(_ counts: [Double], weight w: Double, keep: Double, isShared: Bool) {
        let n = counts.reduce(0, +)
        guard n > 0, counts.count == shares.count else { return }
        for i in shares.indices { shares[i] = keep * shares[i] + w * counts[i] / n }
        weight = keep * weight + w
        if isShared {
            let deviation = keep * variance.squareRoot() + w / n.squareRoot()
            variance = deviation * deviation
        } else {
            variance = keep * keep * variance + w * w / n
        }
    }

    /// Adds bins that no window had so far.
    mutating func extend(to binCount: Int) {
        shares += [Double](repeating: 0, count: max(binCount - shares.count, 0))
    }

    /// The number of independent observations with the same variance.
    var effectiveCount: Double { variance > 0 ? weight * weight / variance : 0 }

    /// The shares as counts of `effectiveCount` observations.
    var counts: [Double] {
        guard weight > 0 else { return shares }
        let scale = effectiveCount / weight
        return shares.map { $0 * scale }
    }
}
