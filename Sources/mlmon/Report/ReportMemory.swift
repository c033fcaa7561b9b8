import TimeSeries

/// What a report carries from one block to the next.
struct ReportMemory {
    /// Where each counter stood when it was last seen.
    private var counters = CounterTotals()
    /// When each line of the table was last seen.
    private(set) var keys: [ReportKey: Timestamp] = [:]
    /// Nothing was read yet, so that the first values of counters have to be looked for.
    var isFresh = true

    /// Where a counter stood when it was last seen; nil where it never was.
    func lastValue(of labels: LabelSet) -> Double? { counters.value(of: labels) }

    /// Remembers where a counter stands now.
    mutating func note(_ counter: Series) {
        guard let last = counter.values.lastIndex(where: { !$0.isNaN }) else { return }
        _ = counters.note(
            counter.labels, counter.values[last],
            at: Timestamp(milliseconds: counter.timestamps[last]))
    }

    mutating func note(_ keys: some Sequence<ReportKey>, at time: Timestamp) {
        for key in keys { self.keys[key] = time }
    }

    /// Lets go of what was not seen for long, for a report that never ends.
    mutating func forget(before time: Timestamp) {
        counters.forgetIdle(since: time)
        keys = keys.filter { $0.value >= time }
    }
}
