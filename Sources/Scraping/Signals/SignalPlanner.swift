import TimeSeries

/// Makes the plan for a page: which of its series make up which signal.
struct SignalPlanner {
    /// Most series one target may be turned into.
    static let outputLimit = 5_000

    /// A series of the page that a source selects, and its part in the signal.
    private struct Match {
        enum Role: Equatable {
            case plain, sum, count
            case bucket(String)
            case quantile(String)
            case classOf(String)
        }

        let index: Int
        let role: Role
        let source: SourceMatcher
    }

    private let index: PageIndex
    private let targetPairs: [(name: String, value: String)]
    private let createdIndices: [LabelSet: Int]
    private var proposal: SignalProposal
    private var matches: [(signal: Signal, matches: [Match])] = []
    /// What each counter adds to, in the order of `countedIndices`.
    private var shares: [[SignalPlan.Share]] = []
    private var countedIndices: [Int] = []
    private var counterIndices: [Int: Int] = [:]
    private var scaleIndices: [SignalScale: Int] = [:]
    private var identities: ModelIdentities
    private var identityCache: [Int: ModelIdentities.Identity] = [:]

    static func plan(
        _ page: ParsedPage, _ index: PageIndex, preset: Preset, matchers: SourceMatchers,
        targetLabels: LabelSet
    ) -> SignalProposal {
        var planner = SignalPlanner(index, page, preset, targetLabels)
        planner.match(matchers)
        planner.write()
        planner.layOutCounters()
        planner.layOutGauges()
        return planner.proposal
    }

    private init(
        _ index: PageIndex, _ page: ParsedPage, _ preset: Preset, _ targetLabels: LabelSet
    ) {
        self.index = index
        targetPairs = targetLabels.pairs
        createdIndices = Dictionary(
            page.catalog.createdSeries.enumerated().map { ($0.element, $0.offset) },
            uniquingKeysWith: { first, _ in first })
        var plan = SignalPlan(table: page.batch.table, preset: preset)
        plan.startTimeIndex = index.series["process_start_time_seconds"]?.first
        proposal = SignalProposal(plan: plan)
        identities = ModelIdentities(preset)
    }

    // MARK: What belongs to a signal

    private mutating func match(_ matchers: SourceMatchers) {
        for signal in Signal.allCases {
            var found: [Match] = []
            for source in proposal.plan.preset.signals[signal] ?? [] {
                guard let matcher = matchers[source] else {
                    proposal.plan.warnings.append(
                        "signal \(signal.rawValue): '\(source.selector)' is no selector")
                    continue
                }
                found += series(of: signal, matcher)
            }
            guard !found.isEmpty else { continue }
            matches.append((signal, found))
        }
        noteIdentities()
    }

    /// Models are those that requests were counted for, not those that only errors speak of: a
    /// client that asks for an unknown model must not make it one.
    private mutating func noteIdentities() {
        func indices(_ signal: Signal) -> Set<Int> {
            Set(matches.filter { $0.signal == signal }.flatMap { $0.matches.map(\.index) })
        }
        let served = indices(.requests).subtracting(indices(.errors))
        for (_, matches) in matches {
            for match in matches {
                identities.note(
                    written(match.index),
                    isServed: served.isEmpty || served.contains(match.index))
            }
        }
    }

    private func series(of signal: Signal, _ source: SourceMatcher) -> [Match] {
        switch SignalShape(signal) {
        case .counter, .gauge:
            return select(source, { source.matchesName($0) ? .plain : nil })
        case .classCounter:
            let matches = select(source, { source.matchesName($0) ? .plain : nil })
            guard let label = source.source.classLabel else { return [] }
            return matches.compactMap { match in
                self.index.labels[match.index][label].map {
                    Match(index: match.index, role: .classOf($0), source: source)
                }
            }
        case .quantiles:
            return select(source, { source.matchesName($0) ? .plain : nil }).compactMap { match in
                self.index.labels[match.index]["quantile"].map {
                    Match(index: match.index, role: .quantile($0), source: source)
                }
            }
        case .distribution:
            return source.source.countSelector == nil
                ? histogram(source) : sumAndCount(source)
        }
    }

    private func select(
        _ source: SourceMatcher, _ role: (String) -> Match.Role?
    ) -> [Match] {
        index.names.flatMap { name -> [Match] in
            guard let role = role(name) else { return [] }
            return (index.series[name] ?? []).compactMap {
                source.matchesLabels(self.index.labels[$0])
                    ? Match(index: $0, role: role, source: source) : nil
            }
        }
    }

    private func histogram(_ source: SourceMatcher) -> [Match] {
        let parts: [(suffix: String, role: Match.Role)] = [
            ("_bucket", .bucket("")), ("_sum", .sum), ("_count", .count),
        ]
        let matches = select(source) { name in
            parts.first {
                name.hasSuffix($0.suffix)
                    && source.matchesName(String(name.dropLast($0.suffix.count)))
            }?.role
        }
        return matches.compactMap { match in
            guard match.role == .bucket("") else { return match }
            return bound(of: match.index, source).map {
                Match(index: match.index, role: .bucket($0), source: source)
            }
        }
    }

    /// The bound of a bucket in the signal's unit.
    private func bound(of index: Int, _ source: SourceMatcher) -> String? {
        guard let text = self.index.labels[index]["le"],
            let bound = DecimalNumber.parse(Array(text.utf8)), !bound.isNaN
        else { return nil }
        return DecimalNumber.canonical(source.scale(bound))
    }

    private func sumAndCount(_ source: SourceMatcher) -> [Match] {
        let sums = select(source, { source.matchesName($0) ? .sum : nil })
        let counts = index.names.filter(source.matchesCountName).flatMap { index.series[$0] ?? [] }
        return sums
            + counts.filter { source.matchesCountLabels(self.index.labels[$0]) }
            .map { Match(index: $0, role: .count, source: source) }
    }

    // MARK: What is written

    private mutating func write() {
        for (signal, matches) in matches {
            switch SignalShape(signal) {
            case .counter(let name): writeCounters(signal, name, matches)
            case .classCounter(let name): writeCounters(signal, name, matches)
            case .distribution(let base): writeDistribution(signal, base, matches)
            case .quantiles(let name): writeGauges(signal, name, .most, matches)
            case .gauge(let name, let fold): writeGauges(signal, name, fold, matches)
            }
        }
        completeErrors()
    }

    private mutating func writeCounters(_ signal: Signal, _ name: String, _ matches: [Match]) {
        for match in matches {
            var extra: [(name: String, value: String)] = []
            if case .classOf(let value) = match.role { extra = [("class", value)] }
            let labels = self.labels(name, identity(signal, match), extra)
            if let output = output(labels, .counter) { count(match, output) }
        }
    }

    private mutating func writeGauges(
        _ signal: Signal, _ name: String, _ fold: SignalFold, _ matches: [Match]
    ) {
        for match in matches {
            var extra: [(name: String, value: String)] = []
            if case .quantile(let quantile) = match.role { extra = [("quantile", quantile)] }
            let labels = self.labels(name, identity(signal, match), extra)
            let metric = self.index.labels[match.index].metricName ?? ""
            if signal == .cpu, index.isCounter(metric) {
                if let output = output(labels, .rate(.sum)) { count(match, output) }
            } else if let output = output(labels, .gauge(fold)) {
                proposal.plan.gauges.append(
                    SignalPlan.Gauge(
                        rawIndex: match.index, output: output, scale: match.source.scale))
            }
        }
    }

    /// Cumulative histograms add up at the bounds that all of them have.
    private mutating func writeDistribution(
        _ signal: Signal, _ base: String, _ matches: [Match]
    ) {
        var bounds: [ModelIdentities.Identity: [[UInt8]: Set<String>]] = [:]
        for match in matches {
            let isHistogram = match.source.source.countSelector == nil
            let histogram = isHistogram ? histogramKey(self.index.labels[match.index]) : []
            var bound: [String] = []
            if case .bucket(let text) = match.role { bound = [text] }
            bounds[identity(signal, match), default: [:]][histogram, default: []].formUnion(bound)
        }
        let shared = bounds.mapValues { histograms in
            histograms.values.dropFirst().reduce(histograms.values.first ?? []) {
                $0.intersection($1)
            }
        }
        for (identity, bounds) in shared where !bounds.isEmpty {
            proposal.bucketGroups.insert(labels(base + "_bucket", identity, []))
        }
        for match in matches {
            let identity = identity(signal, match)
            write(match, base, identity, shared[identity] ?? [])
        }
    }

    private mutating func write(
        _ match: Match, _ base: String, _ identity: ModelIdentities.Identity, _ bounds: Set<String>
    ) {
        let labels: LabelSet
        switch match.role {
        case .bucket(let bound):
            guard bounds.contains(bound) else { return }
            labels = self.labels(base + "_bucket", identity, [("le", bound)])
        case .sum: labels = self.labels(base + "_sum", identity, [])
        default: labels = self.labels(base + "_count", identity, [])
        }
        if let output = output(labels, .counter) { count(match, output) }
    }

    /// What tells a raw histogram from others: all labels but the bound, and the base name.
    private func histogramKey(_ raw: LabelSet) -> [UInt8] {
        let bytes = raw.canonicalBytes
        var key: [UInt8] = []
        key.reserveCapacity(bytes.count)
        for range in raw.byteRanges where !bytes[range.name].elementsEqual("le".utf8) {
            var value = bytes[range.value]
            if bytes[range.name].elementsEqual(LabelSet.metricNameLabel.utf8) {
                let suffix = value.lastIndex(of: UInt8(ascii: "_")) ?? value.endIndex
                value = value[..<suffix]
            }
            key += bytes[range.name]
            key.append(LabelSet.separator)
            key += value
            key.append(LabelSet.separator)
        }
        return key
    }

    /// Where requests are counted and errors could be, no errors is 0 and not unknown.
    private mutating func completeErrors() {
        guard !(proposal.plan.preset.signals[.errors] ?? []).isEmpty else { return }
        for labels in proposal.labels where labels.metricName == "mlmon_requests_total" {
            _ = output(
                labels.setting(LabelSet.metricNameLabel, to: "mlmon_errors_total"), .counter)
        }
    }

    // MARK: Parts

    private mutating func identity(_ signal: Signal, _ match: Match) -> ModelIdentities.Identity {
        identities.completed(written(match.index), attributing: signal.isOfModel)
    }

    /// What a series itself says of its model; looked up once.
    private mutating func written(_ index: Int) -> ModelIdentities.Identity {
        if let known = identityCache[index] { return known }
        let written = identities.written(self.index.labels[index])
        identityCache[index] = written
        return written
    }

    private func labels(
        _ name: String, _ identity: ModelIdentities.Identity,
        _ extra: [(name: String, value: String)]
    ) -> LabelSet {
        var pairs = extra
        pairs.append((LabelSet.metricNameLabel, name))
        if let model = identity.model { pairs.append(("model", model)) }
        if let version = identity.version { pairs.append(("version", version)) }
        return LabelSet(pairs + targetPairs)
    }

    private mutating func output(_ labels: LabelSet, _ kind: SignalPlan.Kind) -> Int? {
        if let index = proposal.indices[labels] { return index }
        guard proposal.labels.count < Self.outputLimit else {
            if !proposal.plan.warnings.contains(Self.limitWarning) {
                proposal.plan.warnings.append(Self.limitWarning)
            }
            return nil
        }
        proposal.append(labels, kind)
        return proposal.labels.count - 1
    }

    private static let limitWarning = "more than \(outputLimit) signal series; the rest is left out"

    private mutating func count(_ match: Match, _ output: Int) {
        let share = SignalPlan.Share(output: UInt32(output), scale: scaleIndex(of: scale(match)))
        if let index = counterIndices[match.index] {
            shares[index].append(share)
            return
        }
        counterIndices[match.index] = shares.count
        countedIndices.append(match.index)
        shares.append([share])
    }

    private mutating func scaleIndex(of scale: SignalScale) -> UInt32 {
        if let known = scaleIndices[scale] { return UInt32(known) }
        scaleIndices[scale] = proposal.plan.scales.count
        proposal.plan.scales.append(scale)
        return UInt32(proposal.plan.scales.count - 1)
    }

    private mutating func layOutCounters() {
        for (rawIndex, shares) in zip(countedIndices, shares) {
            proposal.plan.shares += shares
            proposal.plan.counters.append(
                SignalPlan.Counter(
                    rawIndex: UInt32(rawIndex),
                    createdIndex: createdIndex(of: rawIndex).map { UInt32($0) },
                    shareEnd: UInt32(proposal.plan.shares.count)))
        }
    }

    /// Those of one output stay as they came: sums of other orders differ in their last digits.
    private mutating func layOutGauges() {
        let ordered = proposal.plan.gauges.enumerated().sorted {
            ($0.element.output, $0.offset) < ($1.element.output, $1.offset)
        }
        proposal.plan.gauges = ordered.map(\.element)
    }

    /// A count that goes with a scaled sum is a number of observations: it has no unit, and of the
    /// scale only whether the part is taken away matters.
    private func scale(_ match: Match) -> SignalScale {
        switch match.role {
        case .sum, .plain: match.source.scale
        default: match.source.source.scale < 0 ? SignalScale(-1) : .one
        }
    }

    private func createdIndex(of index: Int) -> Int? {
        guard !createdIndices.isEmpty else { return nil }
        let raw = self.index.labels[index]
        let name = raw.metricName ?? ""
        let suffix = ["_total", "_bucket", "_sum", "_count"].first { name.hasSuffix($0) } ?? ""
        let base = raw.setting(LabelSet.metricNameLabel, to: String(name.dropLast(suffix.count)))
        return createdIndices[suffix == "_bucket" ? base.removing(["le"]) : base]
    }
}
