/// Exponentially weighted shares of the latest windows, as a sample of its own.
///
/// The weights make a sample of `effectiveCount` observations, so the tests for one window serve
/// for the memory too, and the error of the reference stays in them.
struct WindowMemory: Codable, Sendable, Equatable {
    /// Weight of the newest window.
    static let rate = 0.15

    private var shares: [Double]
    private var weight = 0.0
    /// Σ wᵢ²/nᵢ over the windows.
    private var variance = 0.0

    init(binCount: Int) {
        shares = [Double](repeating: 0, count: binCount)
    }

    var binCount: Int { shares.count }

    mutating func insert(_ counts: [Double]) {
        let n = counts.reduce(0, +)
        guard n > 0, counts.count == shares.count else { return }
        let keep = 1 - Self.rate
        for i in shares.indices { shares[i] = keep * shares[i] + Self.rate * counts[i] / n }
        weight = keep * weight + Self.rate
        variance = keep * keep * variance + Self.rate * Self.rate / n
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
