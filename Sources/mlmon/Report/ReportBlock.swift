import TimeSeries

/// The steps of a span that is held in memory at once.
struct ReportBlock {
    private let start: Timestamp
    private let end: Timestamp
    private let step: Duration
    private var steps: [Int: [ReportKey: StepAccumulator]] = [:]
    private var watched: [Int: Set<String>] = [:]
    private var firing: [Int: Set<LabelSet>] = [:]

    init(start: Timestamp, end: Timestamp, step: Duration) {
        self.start = start
        self.end = end
        self.step = step
    }

    mutating func add(
        increase: Double, at timestamp: Int64, key: ReportKey, name: String, labels: LabelSet
    ) {
        guard let index = index(of: timestamp) else { return }
        steps[index, default: [:]][key, default: StepAccumulator()]
            .add(increase: increase, name: name, labels: labels)
    }

    mutating func set(
        _ value: Double, at timestamp: Int64, key: ReportKey, name: String, labels: LabelSet
    ) {
        guard let index = index(of: timestamp) else { return }
        steps[index, default: [:]][key, default: StepAccumulator()]
            .set(value, name: name, labels: labels)
    }

    mutating func markWatched(_ service: String, at timestamp: Int64) {
        guard let index = index(of: timestamp) else { return }
        watched[index, default: []].insert(service)
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
        return Int((timestamp - start.milliseconds) / step.milliseconds)
    }
}
