import TimeSeries

/// The accounts of one target: what each raw counter showed last, and what its signals add up to.
///
/// A counter's increase is its value less the last one. A value that fell, or a page that says
/// that the process or the counter began anew, makes the whole value the increase. A counter that
/// was not on the page before counts from zero, except on the very first page, where it is the
/// mark to count from.
struct SignalLedger {
    /// How long a counter that left the page, and a series that nothing feeds, are remembered.
    static let memory: Duration = .seconds(3600)
    static let parkedLimit = 20_000

    private struct Parked {
        var value: Double
        var created: Double
        var at: Timestamp
    }

    private(set) var plan: SignalPlan?
    private var table = SeriesTable(labels: [])
    /// By counter of the plan.
    private var last: [Double] = []
    /// Empty where the plan's pages tell no times of creation.
    private var created: [Double] = []
    /// By output: what a counter adds up to, and what was last shown of it.
    private var totals: [Double] = []
    private var shown: [Double] = []
    /// Since when nothing feeds an output, by its labels.
    private var idleSince: [LabelSet: Timestamp] = [:]
    private var parked: [LabelSet: Parked] = [:]
    private var seeds: [LabelSet: Double] = [:]
    private var births: [LabelSet] = []
    private var departed: [LabelSet] = []
    private var startTime = 0.0
    private var hasSeveralProcesses = false
    private var previousAt: Timestamp?
    private(set) var isSeeded = false
    /// Whether the last scrape was good.
    private var isLive = false

    var hasBegun: Bool { plan != nil || isSeeded }

    /// What cannot be counted rightly, for people.
    var warnings: [String] {
        let processes =
            hasSeveralProcesses
            ? ["scrapes meet different processes; enable the client library's multi-process mode"]
            : []
        return (plan?.warnings ?? []) + processes
    }

    /// Takes over from an earlier run. NaN marks a counter that is known but whose value is not.
    mutating func seed(raw: [LabelSet: Double], outputs: [LabelSet: Double]) {
        guard plan == nil else { return }
        for (labels, value) in raw {
            parked[labels] = Parked(value: value, created: 0, at: Timestamp(milliseconds: .max))
        }
        seeds = outputs.filter { $0.value.isFinite }
        isSeeded = !raw.isEmpty
    }

    func needsPlan(for page: ParsedPage) -> Bool {
        guard plan?.table === page.batch.table else { return true }
        guard let oldest = idleSince.values.min() else { return false }
        return page.batch.at - oldest > Self.memory
    }

    // MARK: A new plan

    mutating func adopt(_ next: SignalProposal, for page: ParsedPage) {
        let isFirst = plan == nil && !isSeeded
        parkCounters(page.batch.at)
        adoptOutputs(of: next, page.batch.at)
        let counters = plan?.counters ?? []
        let tellsCreation = counters.contains { $0.createdIndex != nil }
        last = []
        last.reserveCapacity(counters.count)
        created = []
        for counter in counters {
            let rawIndex = Int(counter.rawIndex)
            let known = parked.removeValue(forKey: next.plan.table.labels[rawIndex])
            let value = page.batch.values[rawIndex]
            let mark = isFirst || known?.value.isNaN ?? false ? value : known?.value ?? 0
            last.append(mark.isNaN ? 0 : mark)
            if tellsCreation { created.append(known?.created ?? 0) }
        }
        if parked.count > Self.parkedLimit { dropOldestParked() }
    }

    private mutating func parkCounters(_ now: Timestamp) {
        parked = parked.filter { now - $0.value.at <= Self.memory }
            .mapValues { Parked(value: $0.value, created: $0.created, at: min($0.at, now)) }
        guard let plan else { return }
        for (index, counter) in plan.counters.enumerated() {
            parked[plan.table.labels[Int(counter.rawIndex)]] = Parked(
                value: last[index], created: created.isEmpty ? 0 : created[index], at: now)
        }
    }

    private mutating func dropOldestParked() {
        let newest = parked.sorted { $0.value.at > $1.value.at }.prefix(Self.parkedLimit)
        parked = Dictionary(newest.map { ($0.key, $0.value) }, uniquingKeysWith: { a, _ in a })
    }

    private mutating func adoptOutputs(of next: SignalProposal, _ now: Timestamp) {
        var before: [LabelSet: (total: Double, shown: Double)] = [:]
        var leftover: [(labels: LabelSet, kind: SignalPlan.Kind)] = []
        for (index, labels) in table.labels.enumerated() {
            before[labels] = (totals[index], shown[index])
            if let kind = plan?.kinds[index], next.indices[labels] == nil {
                leftover.append((labels, kind))
            }
        }
        let canBeBorn = plan != nil
        for labels in next.labels { idleSince[labels] = nil }
        var next = next
        births = []
        departed = []
        for (labels, kind) in leftover {
            if keepsIdle(labels, kind, next, now) {
                next.append(labels, kind)
            } else {
                departed.append(labels)
                idleSince[labels] = nil
            }
        }
        (totals, shown) = ([], [])
        totals.reserveCapacity(next.labels.count)
        shown.reserveCapacity(next.labels.count)
        for (labels, kind) in zip(next.labels, next.plan.kinds) {
            let known = before[labels]
            let seed = known == nil ? seeds.removeValue(forKey: labels) : nil
            totals.append(known?.total ?? seed ?? 0)
            shown.append(known?.shown ?? seed ?? 0)
            if canBeBorn, known == nil, seed == nil, case .counter = kind {
                births.append(labels)
            }
        }
        plan = next.plan
        table = SeriesTable(labels: next.labels)
    }

    /// Whether a series that the new plan does not feed stays as it is.
    ///
    /// Counters do for a while, since their sources often return. Buckets of a histogram that has
    /// other bounds now do not: beside the new ones they would be wrong.
    private mutating func keepsIdle(
        _ labels: LabelSet, _ kind: SignalPlan.Kind, _ next: SignalProposal, _ now: Timestamp
    ) -> Bool {
        guard case .counter = kind else { return false }
        if next.bucketGroups.contains(labels.removing(["le"])), labels["le"] != nil {
            return false
        }
        let since = idleSince[labels] ?? now
        idleSince[labels] = since
        return now - since <= Self.memory
    }

    // MARK: A page

    mutating func record(_ page: ParsedPage) -> [SampleBatch] {
        guard let plan else { return [] }
        clearRates(plan)
        count(page, plan)
        var batches: [SampleBatch] = []
        if !births.isEmpty, let previousAt, previousAt < page.batch.at {
            batches.append(SampleBatch(at: previousAt, births.map { ($0, 0) }))
        }
        births = []
        let values = values(page, plan)
        if departed.isEmpty {
            if !values.isEmpty {
                batches.append(SampleBatch(at: page.batch.at, table: table, values: values))
            }
        } else {
            let stale = departed.map { (labels: $0, value: Double.staleMarker) }
            let present = zip(table.labels, values).map { (labels: $0, value: $1) }
            batches.append(SampleBatch(at: page.batch.at, present + stale))
            departed = []
        }
        previousAt = page.batch.at
        isLive = true
        return batches
    }

    /// Stale markers for everything that is shown, once.
    mutating func missed(at now: Timestamp) -> SampleBatch? {
        guard isLive, !table.labels.isEmpty else { return nil }
        isLive = false
        let values = [Double](repeating: .staleMarker, count: table.labels.count)
        return SampleBatch(at: now, table: table, values: values)
    }

    private mutating func clearRates(_ plan: SignalPlan) {
        for (index, kind) in plan.kinds.enumerated() {
            if case .rate = kind { totals[index] = 0 }
        }
    }

    private mutating func count(_ page: ParsedPage, _ plan: SignalPlan) {
        let hasRestarted = noteStartTime(page, plan)
        if hasRestarted { for labels in parked.keys { parked[labels]?.value = 0 } }
        let values = page.batch.values
        var shareStart = 0
        for (index, counter) in plan.counters.enumerated() {
            let shares = shareStart..<Int(counter.shareEnd)
            shareStart = shares.upperBound
            let value = values[Int(counter.rawIndex)]
            guard value.isFinite else { continue }
            var increase = value - last[index]
            // Sums that are printed with few digits, or added up anew each time, waver a little.
            if increase < 0, increase >= -1e-9 * last[index] { continue }
            if increase < 0 || hasRestarted { increase = value }
            if let place = counter.createdIndex {
                let since = page.created[Int(place)]
                if created[index] != 0, since > created[index] { increase = value }
                created[index] = since
            }
            last[index] = value
            if increase == 0 { continue }
            // By index: a slice for each counter would be counted as one more owner of the array.
            for place in shares {
                let share = plan.shares[place]
                totals[Int(share.output)] += plan.scales[Int(share.scale)](increase)
            }
        }
    }

    /// Whether the process began anew since the last page.
    private mutating func noteStartTime(_ page: ParsedPage, _ plan: SignalPlan) -> Bool {
        guard let index = plan.startTimeIndex, !hasSeveralProcesses else { return false }
        let time = page.batch.values[index]
        guard time.isFinite, time > 0 else { return false }
        defer { startTime = time }
        // A clock that is set moves the computed start by less than this.
        guard startTime > 0, (time - startTime).magnitude > 2 else { return false }
        hasSeveralProcesses = time < startTime
        return time > startTime
    }

    private mutating func values(_ page: ParsedPage, _ plan: SignalPlan) -> [Double] {
        var values = [Double](repeating: .staleMarker, count: plan.kinds.count)
        showGauges(page, plan, in: &values)
        let elapsed = previousAt.map { (page.batch.at - $0).inSeconds } ?? 0
        for (index, kind) in plan.kinds.enumerated() {
            switch kind {
            case .counter:
                shown[index] = max(shown[index], totals[index])
                values[index] = shown[index]
            case .rate:
                if elapsed > 0 { values[index] = totals[index] / elapsed }
            case .gauge: break
            }
        }
        return values
    }

    private func showGauges(_ page: ParsedPage, _ plan: SignalPlan, in values: inout [Double]) {
        var place = 0
        while place < plan.gauges.count {
            let output = plan.gauges[place].output
            // A counter of seconds may stand in for a gauge; then it is shown.
            guard case .gauge(let fold) = plan.kinds[output] else {
                place += 1
                continue
            }
            var count = 0
            while place < plan.gauges.count, plan.gauges[place].output == output {
                let gauge = plan.gauges[place]
                place += 1
                let raw = page.batch.values[gauge.rawIndex]
                if raw.isNaN { continue }
                let value = gauge.scale(raw)
                values[output] = count == 0 ? value : fold.folding(value, into: values[output])
                count += 1
            }
            if case .mean = fold, count > 1 { values[output] /= Double(count) }
        }
    }
}
