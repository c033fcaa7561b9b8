import TimeSeries

/// The steps of a span that is held in memory at once.
struct ReportBlock {
    private let start: Timestamp
    private let end: Timestamp
    private let step: Duration
    /// Computed once, since it is needed for every sample.
    private let stepMilliseconds: Int64
    private var steps: [Int: [ReportKey: StepAccumulator]] = [:]
    private var watched: [Int: Set<String>] = [:]
    private var firing: [Int: Set<LabelSet>] = [:]

    init(start: Timestamp, end: Timestamp, step: Duration) {
        self.start = start
        self.end = end
        self.step = step
        stepMilliseconds = step.milliseconds
    }

    /// Adds what a counter grew by in each step.
    ///
    /// - Parameter base: Where it stood before its first sample; nil where nobody knows, so that
    ///   nobody knows how much it had grown by then.
    mutating func add(_ counter: Series, to column: ReportColumn, since base: Double?) {
        let key = ReportKey(counter.labels)
        var last = base
        var (step, growth): (Int?, Double) = (nil, 0)
        func finishStep(_ block: inout ReportBlock) {
            guard let step else { return }
            block.steps[step, default: [:]][key, default: StepAccumulator()]
                .add(growth, to: column)
        }
        for (timestamp, value) in zip(counter.timestamps, counter.values) where !value.isNaN {
            let index = index(of: timestamp)
            if index != step {
                finishStep(&self)
                (step, growth) = (index, 0)
            }
            if let last { growth += value >= last ? value - last : value }
            last = value
        }
        finishStep(&self)
    }

    mutating func set(_ gauge: Series, of column: ReportColumn) {
        let key = ReportKey(gauge.labels)
        for (timestamp, value) in zip(gauge.timestamps, gauge.values) where !value.isNaN {
            guard let index = index(of: timestamp) else { continue }
            steps[index, default: [:]][key, default: StepAccumulator()].set(value, of: column)
        }
    }

    /// - Parameter up: Has a sample wherever its service was watched.
    mutating func markWatched(_ up: Series) {
        let service = up.labels["service"] ?? ""
        for index in Set(up.timestamps.compactMap(index(of:))) {
            watched[index, default: []].insert(service)
        }
    }

    mutating func markFiring(_ labels: LabelSet, at timestamp: Int64) {
        guard let index = index(of: timestamp) else { return }
        firing[index, default: []].insert(labels)
    }

    /// Rows in order; a key that was ever seen has one in each step in which its service was
    /// watched, so that an outage shows as empty cells and not as missing rows.
    ///
    /// - Parameter memory: Has the keys of earlier blocks; gains those of this one.
    func rows(_ memory: inout ReportMemory) -> [ReportRow] {
        var rows: [ReportRow] = []
        for index in Set(steps.keys).union(watched.keys).sorted() {
            let accumulators = steps[index] ?? [:]
            let services = watched[index] ?? []
            var keys = Set(accumulators.keys)
            keys.formUnion(memory.keys.keys.filter { services.contains($0.service) })
            for service in services where !keys.contains(where: { $0.service == service }) {
                keys.insert(ReportKey(["service": service]))
            }
            let time = start + .milliseconds(Int64(index) * step.milliseconds)
            memory.note(accumulators.keys, at: time)
            let seconds = min(step, end - time).inSeconds
            for key in keys.sorted() {
                let isWatched = services.contains(key.service)
                rows.append(
                    (accumulators[key] ?? StepAccumulator()).row(
                        at: time, key: key, seconds: seconds,
                        alertsFiring: isWatched ? firingCount(of: key, at: index) : nil))
            }
        }
        return rows
    }

    private func firingCount(of key: ReportKey, at index: Int) -> Int {
        (firing[index] ?? []).count { labels in
            labels["service"] == key.service
                && (labels["model"] ?? key.model) == key.model
                && (labels["version"] ?? key.version) == key.version
        }
    }

    private func index(of timestamp: Int64) -> Int? {
        guard timestamp >= start.milliseconds, timestamp < end.milliseconds else { return nil }
        return Int((timestamp - start.milliseconds) / stepMilliseconds)
    }
}
