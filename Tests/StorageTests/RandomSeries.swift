import TestSupport

extension SplitMix64 {
    /// Values of the kinds that metrics have, and some that nothing should have.
    mutating func values(count: Int) -> [Double] {
        let kind = Int.random(in: 0..<9, using: &self)
        var total = 0.0
        return (0..<count).map { _ in
            switch kind {
            case 0: return 42
            case 1:
                total += Double(Int.random(in: 0..<50, using: &self))
                return total
            case 2:
                total += Double.random(in: 0..<1, using: &self)
                return total
            case 3: return Double(Int.random(in: -5000...5000, using: &self)) / 100
            case 4: return Double(bitPattern: next())
            case 5: return Bool.random(using: &self) ? nastyValue() : Double(total)
            case 6:
                total += Int.random(in: 0..<20, using: &self) == 0 ? 1e6 : 0
                return total
            case 7:
                total = Int.random(in: 0..<100, using: &self) == 0 ? 0 : total + 3
                return Int.random(in: 0..<40, using: &self) == 0 ? nastyValue() : total
            default: return Double(Int64(bitPattern: next() >> 10)) * 1e-3
            }
        }
    }

    mutating func nastyValue() -> Double {
        let values: [Double] = [
            0, -0.0, .nan, .staleMarkerForTests, .infinity, -.infinity,
            Double(bitPattern: 0xfff8_0000_dead_beef), Double(bitPattern: 0x7ff8_0000_0000_0001),
            .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
            .leastNormalMagnitude, 9_007_199_254_740_992, 9_007_199_254_740_994, -1e15 - 1,
            0.1, 1.0 / 3, 1e-15, 123_456_789.123_456_79, 1e22, 1e300,
        ]
        return values[Int.random(in: 0..<values.count, using: &self)]
    }

    /// Strictly ascending milliseconds.
    mutating func timestamps(count: Int) -> [Int64] {
        let interval = [1, 15_000, 2_000, 86_400_000][Int.random(in: 0..<4, using: &self)]
        var at = Int64.random(in: -1_000_000_000_000...2_000_000_000_000, using: &self)
        return (0..<count).map { _ in
            at += Int64(interval) + Int64.random(in: 0...30, using: &self)
            if Int.random(in: 0..<50, using: &self) == 0 { at += 3_600_000 }
            return at
        }
    }
}

extension Double {
    static let staleMarkerForTests = Double(bitPattern: 0x7ff0_0000_0000_0002)
}

extension [Double] {
    /// What tells −0 from 0, and one NaN from another.
    var bitPatterns: [UInt64] { map(\.bitPattern) }
}

extension [UInt8] {
    init(hex: String) {
        let digits = hex.filter { !$0.isWhitespace }
        self = stride(from: 0, to: digits.count, by: 2).compactMap { start in
            let from = digits.index(digits.startIndex, offsetBy: start)
            return UInt8(digits[from..<digits.index(from, offsetBy: 2)], radix: 16)
        }
    }

    var hex: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
