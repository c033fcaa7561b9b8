import TimeSeries

/// What a report carries from one block to the next.
struct ReportMemory {
    /// Where each counter stood when it was last seen, milliseconds.
    private var counters: [LabelSet: (value: Double, at: Int64)] = [:]
    /// When each line of the table was last seen.
    private(set) var keys: [ReportKey: Timestamp] = [:]
    /// Nothing was read yet, so that the first values of counters have to be looked for.
    var isFresh = true

    /// What a counter grew by since it was last seen; nil where that is the first time.
    mutating func increase(of labels: LabelSet, to value: Double, at time: Int64) -> Double? {
        guard let last = counters.updateValue((value, time), forKey: labels) else { return nil }
        return value >= last.value ? value - last.value : value
    }

    mutating func note(_ keys: some Sequence<ReportKey>, at time: Timestamp) {
        for key in keys { self.keys[key] = time }
    }

    /// Lets go of what was not seen for long, for a report that never ends.
    mutating func forget(before time: Timestamp) {
        counters = counters.filter { $0.value.at >= time.milliseconds }
        keys = keys.filter { $0.value >= time }
    }
}
