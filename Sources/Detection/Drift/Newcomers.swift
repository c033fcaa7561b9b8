#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Values that the reference never had, each counted since it first appeared.
///
/// Among many rare values something unseen comes in every window, and its share tells little. That
/// *one* such value comes again and again tells much: of values with c observations in a reference
/// of m there are at most m/c, and each of them is equally likely to have its c observations in
/// any N of the m + N. So, whatever the distribution, the expected number of values that a
/// reference has not and the next N observations have c times is at most (N/m)ᶜ m/c.
///
/// Source: I. Good, G. Toulmin, Biometrika 43 (1956) 45, whose terms these are.
struct Newcomers: Codable, Sendable, Equatable {
    private struct Value: Codable, Sendable, Equatable {
        /// Of the name, 64 bits.
        var hash: UInt64
        var count: Double
        /// Observations of any value since it appeared, with those of its first window.
        var n: Double
        var windowCount: Int
        var absence = 0
        /// Observations of any value since it was last seen.
        var absentCount = 0.0

        func lnChance(m: Double) -> Double {
            guard count >= 2, n < m else { return 0 }
            // It may have begun to be counted in any of the windows so far: 1, 1/4, 1/9, … of π²/6.
            let begun = log(.pi * .pi / 6) + 2 * log(Double(windowCount))
            return min(count * log(n / m) + log(m / count) + begun, 0)
        }
    }

    /// The value of a window that speaks most against the reference.
    struct Strongest: Sendable, Equatable {
        var name: String
        var count: Double
        var n: Double
        var lnPValue: Double
        /// What it adds to PSI.
        var effect: Double
    }

    private static let capacity = 16
    private static let windowLimit = 24

    private var values: [Value] = []

    /// No value has numbers that no detector has left.
    var isSound: Bool {
        values.allSatisfy { value in
            value.count > 0 && value.n > 0 && value.windowCount > 0
                && [value.count, value.n, value.absentCount].allSatisfy(StoredRange.size.contains)
                && [value.windowCount, value.absence].allSatisfy(StoredRange.count.contains)
        }
    }

    /// Counts a window.
    ///
    /// - Parameters:
    ///   - counts: Of the window's values that the reference has not.
    ///   - n: Observations in the window, of any value.
    ///   - m: Observations in the reference.
    mutating func insert(
        _ counts: [(name: String, count: Double)], n: Double, m: Double
    ) -> Strongest? {
        guard n > 0, !counts.isEmpty || !values.isEmpty else { return nil }
        var known: [UInt64: Int] = [:]
        for i in values.indices {
            known[values[i].hash] = i
            values[i].n += n
            values[i].windowCount += 1
            values[i].absence += 1
            values[i].absentCount += n
        }
        var strongest: Strongest?
        for (name, count) in counts where count > 0 {
            let hash = Self.hash(name)
            var value = Value(hash: hash, count: count, n: n, windowCount: 1)
            if let i = known[hash] {
                values[i].count += count
                values[i].absence = 0
                values[i].absentCount = 0
                value = values[i]
            } else {
                values.append(value)
            }
            let lnPValue = value.lnChance(m: m)
            guard lnPValue < strongest?.lnPValue ?? 0 else { continue }
            let (p, q) = (0.5 / m, value.count / value.n)
            strongest = Strongest(
                name: name, count: value.count, n: value.n, lnPValue: lnPValue,
                effect: (q - p) * log(q / p))
        }
        forget(m: m)
        return strongest
    }

    /// A value whose chance is below this came lately, and too few observations have been made
    /// since to say that it is gone: three of it would have been expected at 5 %.
    func isAwaiting(below lnLimit: Double, m: Double) -> Bool {
        values.contains { value in
            value.lnChance(m: m) < lnLimit && value.absentCount * value.count < 3 * value.n
        }
    }

    private mutating func forget(m: Double) {
        values.removeAll { $0.absence >= Self.windowLimit }
        for i in values.indices
        where values[i].windowCount >= Self.windowLimit || values[i].n > m / 8 {
            values[i].count /= 2
            values[i].n /= 2
            values[i].windowCount = max(values[i].windowCount / 2, 1)
        }
        guard values.count > Self.capacity else { return }
        let ranked = values.map { (value: $0, lnChance: $0.lnChance(m: m)) }
            .sorted {
                ($0.lnChance, $0.value.n, $0.value.hash) < ($1.lnChance, $1.value.n, $1.value.hash)
            }
        values = ranked.prefix(Self.capacity).map(\.value)
    }

    /// FNV-1a.
    private static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// Whether the reference's own values come in batches, like sessions: then new ones do too, and
    /// that one comes again and again is nothing.
    ///
    /// - Parameter windows: Counts of the reference's windows; without them observations are taken
    ///   for independent.
    /// - Returns: True where more values have all their observations in one window than chance
    ///   makes, once in 1,000.
    static func comeInBatches(counts: [Double], windows: [[Double]]) -> Bool {
        guard windows.count >= 2 else { return false }
        let m = counts.reduce(0, +)
        let shares = windows.map { $0.reduce(0, +) / max(m, 1) }
        // Chance that all of k observations fall into one window.
        let together = (0...8).map { k in shares.reduce(0) { $0 + pow($1, Double(k)) } }
        var (expected, observed) = (0.0, 0.0)
        for (i, count) in counts.enumerated() {
            guard let k = Int(exactly: count), (2...8).contains(k) else { continue }
            expected += together[k]
            if windows.contains(where: { $0[i] == count }) { observed += 1 }
        }
        return observed > 0 && Gamma.lnLower(observed, expected) < log(0.001)
    }
}
