import TimeSeries

extension Dictionary {
    /// Removes what was not seen since an instant, and of the rest, where it is more than the
    /// limit, what was not seen for longest.
    mutating func forgetIdle(
        since oldest: Timestamp, keeping limit: Int, lastSeen: (Value) -> Timestamp
    ) {
        guard count > limit || values.contains(where: { lastSeen($0) < oldest }) else { return }
        self = filter { lastSeen($0.value) >= oldest }
        guard count > limit else { return }
        let newestFirst = sorted { lastSeen($0.value) > lastSeen($1.value) }
        self = Dictionary(
            uniqueKeysWithValues: newestFirst.prefix(limit).map { ($0.key, $0.value) })
    }
}
