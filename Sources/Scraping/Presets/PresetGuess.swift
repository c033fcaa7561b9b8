/// What an unknown page most likely means, from the types, names and labels of its metrics.
///
/// Shown to the user as a guess, which a preset of their own replaces.
struct PresetGuess {
    static let name = "generic"

    let index: PageIndex

    init(_ index: PageIndex) {
        self.index = index
    }

    var preset: Preset {
        var signals: [Signal: [SignalSource]] = [:]
        let latency = latency
        let predictions = predictions
        if let requests {
            signals[.requests] = [SignalSource(selector: selector(requests))]
            signals[.errors] = errors(besides: requests)
        } else if let counted = latency.map({ $0.base + "_count" }) ?? predictions?.metric {
            signals[.requests] = [SignalSource(selector: selector(counted))]
            signals[.errors] = errors(besides: counted)
        }
        if let latency {
            signals[.latency] = [source(latency)]
            if index.has("quantile", in: latency.base) {
                signals[.latencyQuantiles] = [source(latency)]
            }
        }
        signals[.queueTime] = queueTime.map { [source($0)] }
        signals[.inFlight] = gauge(GuessWords.inFlight).map {
            [SignalSource(selector: selector($0))]
        }
        signals[.queueLength] = gauge(GuessWords.queue).map {
            [SignalSource(selector: selector($0))]
        }
        return Preset(
            name: Self.name, title: "Prometheus metrics (guessed)", priority: Int.min,
            modelLabels: GuessWords.modelLabels, versionLabels: GuessWords.versionLabels,
            absentVersions: GuessWords.absentVersions, signals: signals)
    }

    /// A preset with what it leaves open and any page can tell: the process, and the model's own
    /// predictions, which no server counts by itself.
    func completing(_ preset: Preset) -> Preset {
        var preset = preset
        if preset.signals[.cpu] == nil, index.series["process_cpu_seconds_total"] != nil {
            preset.signals[.cpu] = [SignalSource(selector: "process_cpu_seconds_total")]
        }
        if preset.signals[.memory] == nil, index.series["process_resident_memory_bytes"] != nil {
            preset.signals[.memory] = [SignalSource(selector: "process_resident_memory_bytes")]
        }
        var isExtended = false
        if preset.signals[.predictions] == nil, let predictions {
            preset.signals[.predictions] = [
                SignalSource(
                    selector: selector(predictions.metric), classLabel: predictions.classLabel)
            ]
            isExtended = true
        }
        if preset.signals[.predictionScore] == nil, let score {
            preset.signals[.predictionScore] = [SignalSource(selector: selector(score))]
            isExtended = true
        }
        guard isExtended else { return preset }
        preset.modelLabels += ["model", "model_name"].filter { !preset.modelLabels.contains($0) }
        preset.versionLabels += ["version", "model_version"].filter {
            !preset.versionLabels.contains($0)
        }
        return preset
    }

    // MARK: Requests and errors

    private var requests: String? {
        best(index.names) { metric in
            let name = metric.lowercased()
            guard isPlainCounter(metric), !GuessWords.notRequests.contains(where: name.contains),
                classLabel(of: metric) == nil
            else { return nil }
            guard let word = GuessWords.requests.first(where: { name.contains($0.word) }) else {
                return nil
            }
            return word.score + (statusLabel(of: metric) == nil ? 0 : 30)
                + (GuessWords.modelLabels.contains { index.has($0, in: metric) } ? 5 : 0)
        }
    }

    private func errors(besides requests: String) -> [SignalSource]? {
        if let status = statusLabel(of: requests) {
            let failed = "\(status)!=\"\",\(status)!~\"\(GuessWords.successes)\""
            return [SignalSource(selector: selector(requests, failed))]
        }
        let counter = best(index.names) { metric in
            let name = metric.lowercased()
            guard isPlainCounter(metric), GuessWords.errors.contains(where: name.contains),
                !GuessWords.notErrors.contains(where: name.contains)
            else { return nil }
            return GuessWords.requests.first { name.contains($0.word) }?.score ?? 1
        }
        return counter.map { [SignalSource(selector: selector($0))] }
    }

    private func isPlainCounter(_ metric: String) -> Bool {
        let kind = index.families.family(ofMetric: metric)?.kind
        return index.isCounter(metric) && kind != .histogram && kind != .summary
            && !isForeign(metric)
    }

    private func statusLabel(of metric: String) -> String? {
        GuessWords.statusLabels.first { index.has($0, in: metric) }
    }

    private func isForeign(_ metric: String) -> Bool {
        GuessWords.foreignPrefixes.contains { metric.hasPrefix($0) }
            || metric.hasSuffix("_created") || metric.hasSuffix("_info")
    }

    // MARK: Times

    /// A histogram or summary of durations and the factor that turns them into seconds.
    struct Durations {
        let base: String
        let scale: Double
    }

    private var latency: Durations? {
        let base = best(distributions) { base in
            let name = base.lowercased()
            guard !GuessWords.notLatency.contains(where: name.contains),
                let word = GuessWords.latency.first(where: { name.contains($0.word) })
            else { return nil }
            let about = GuessWords.requests.first { name.contains($0.word) }?.score ?? 0
            return word.score + about + (index.series[base + "_bucket"] == nil ? 0 : 5)
        }
        return base.map { Durations(base: $0, scale: secondsScale($0)) }
    }

    private var queueTime: Durations? {
        distributions.first { base in
            let name = base.lowercased()
            return (name.contains("queue") || name.contains("wait"))
                && GuessWords.latency.contains { name.contains($0.word) }
        }.map { Durations(base: $0, scale: secondsScale($0)) }
    }

    /// Base names of the page's histograms and summaries.
    private var distributions: [String] {
        index.names.filter { $0.hasSuffix("_count") }.map { String($0.dropLast(6)) }
            .filter { base in
                let kind = index.families[base]?.kind
                let isTyped = kind == .histogram || kind == .summary
                return !isForeign(base)
                    && (isTyped || kind == nil && index.series[base + "_bucket"] != nil)
            }
    }

    /// By the name's suffix, the help text, and last by what the bounds allow.
    private func secondsScale(_ base: String) -> Double {
        let name = base.lowercased()
        for (suffixes, scale) in GuessWords.units where suffixes.contains(where: name.hasSuffix) {
            return scale
        }
        let help = index.families[base]?.help.lowercased() ?? ""
        for (words, scale) in GuessWords.helpUnits where words.contains(where: help.contains) {
            return scale
        }
        let largest = finiteBounds(of: base).max() ?? 0
        return largest < 100 ? 1 : 1e-3
    }

    private func finiteBounds(of base: String) -> [Double] {
        index.values(of: "le", in: base + "_bucket")
            .compactMap { DecimalNumber.parse(Array($0.utf8)) }.filter(\.isFinite)
    }

    private func source(_ durations: Durations) -> SignalSource {
        SignalSource(selector: selector(durations.base), scale: durations.scale)
    }

    // MARK: Predictions and gauges

    private var predictions: (metric: String, classLabel: String)? {
        let metric = best(index.names) { metric in
            let name = metric.lowercased()
            guard isPlainCounter(metric), classLabel(of: metric) != nil,
                !GuessWords.notPredictions.contains(where: name.contains)
            else { return nil }
            return GuessWords.predictions.first { name.contains($0.word) }?.score
        }
        guard let metric, let label = classLabel(of: metric) else { return nil }
        return (metric, label)
    }

    private func classLabel(of metric: String) -> String? {
        GuessWords.classLabels.first {
            index.has($0, in: metric) && index.values(of: $0, in: metric).count <= 200
        }
    }

    /// The histogram of the model's own certainty: bounds within 0…1.
    private var score: String? {
        distributions.first { base in
            let name = base.lowercased()
            let bounds = finiteBounds(of: base)
            return GuessWords.scores.contains(where: name.contains) && !bounds.isEmpty
                && bounds.allSatisfy { (0...1).contains($0) }
        }
    }

    private func gauge(_ words: [String]) -> String? {
        index.names.first { metric in
            let name = metric.lowercased()
            return index.families.family(ofMetric: metric)?.kind == .gauge && !isForeign(metric)
                && words.contains(where: name.contains)
                && !GuessWords.notLengths.contains(where: name.contains)
        }
    }

    // MARK: Parts

    private func best(_ names: [String], _ score: (String) -> Int?) -> String? {
        var best: (name: String, score: Int)?
        for name in names {
            guard let score = score(name), score > best?.score ?? Int.min else { continue }
            best = (name, score)
        }
        return best?.name
    }

    /// A selector of a metric, or of a histogram by its base name; calls that are no inference
    /// are left out where a label tells them.
    private func selector(_ metric: String, _ condition: String? = nil) -> String {
        var conditions = condition.map { [$0] } ?? []
        let shown = index.series[metric] == nil ? metric + "_count" : metric
        if let path = GuessWords.pathLabels.first(where: { index.has($0, in: shown) }) {
            conditions.append("\(path)!~\"\(GuessWords.upkeepPaths)\"")
        }
        let quoted = metric.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return "{" + (["__name__=\"\(quoted)\""] + conditions).joined(separator: ",") + "}"
    }
}
