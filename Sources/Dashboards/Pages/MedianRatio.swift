/// Values against their own median, on the calm ramp.
enum MedianRatio {
    static func median(_ values: [Double?]) -> Double? {
        let known = values.compactMap { $0 }.filter { $0 > 0 }.sorted()
        return known.isEmpty ? nil : known[known.count / 2]
    }

    /// 0…1: a quarter at the median, a half at twice it, 1 from four times on.
    static func fractions(of values: [Double?]) -> [Double?] {
        guard let median = median(values) else { return values.map { _ in nil } }
        return values.map { value in value.map { fraction(ratio: $0 / median) } }
    }

    static func fraction(ratio: Double) -> Double {
        ratio <= 1 ? max(0, ratio) * 0.25 : min(1, 0.25 + (ratio - 1) * 0.25)
    }
}
