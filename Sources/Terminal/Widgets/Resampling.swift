/// Values fitted to another number of places.
package enum Resampling {
    package enum Reduction: Sendable { case mean, maximum }

    /// As many places as asked for: groups are reduced, or values repeated.
    ///
    /// A group without any value is nil.
    package static func fit(
        _ values: [Double?], to count: Int, by reduction: Reduction = .mean
    ) -> [Double?] {
        guard count > 0, !values.isEmpty else { return Array(repeating: nil, count: max(0, count)) }
        if values.count == count { return values }
        return (0..<count).map { place in
            let start = place * values.count / count
            let end = max(start + 1, (place + 1) * values.count / count)
            return reduce(values[start..<end], by: reduction)
        }
    }

    private static func reduce(_ values: ArraySlice<Double?>, by reduction: Reduction) -> Double? {
        let known = values.compactMap { $0 }.filter(\.isFinite)
        guard !known.isEmpty else { return nil }
        switch reduction {
        case .mean: return known.reduce(0, +) / Double(known.count)
        case .maximum: return known.max()
        }
    }
}
