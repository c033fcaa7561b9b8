import TimeSeries

/// Reads the lines of signals that only some servers tell; those without data are left out.
struct LineReader {
    let group: SnapshotRound.Group
    let grid: TimeGrid
    let now: Timestamp

    func languageModel(_ reader: inout SignalReader) throws -> [SignalLines] {
        var signals: [SignalLines] = []
        add(&signals, try quantiles("time_to_first_token", "first token", &reader))
        add(&signals, try quantiles("inter_token_latency", "between tokens", &reader))
        let tokens = [
            try line("prompt", rate("mlmon_prompt_tokens_total"), &reader),
            try line("generated", rate("mlmon_generation_tokens_total"), &reader),
        ].compactMap { $0 }
        if !tokens.isEmpty {
            signals.append(SignalLines(title: "tokens", unit: .perSecond, lines: tokens))
        }
        add(&signals, try gauge("avg", "kv_cache_ratio", "KV cache", .ratio, &reader))
        return signals
    }

    func resources(_ reader: inout SignalReader) throws -> [SignalLines] {
        var signals: [SignalLines] = []
        add(&signals, try gauge("sum", "in_flight", "in flight", .count, &reader))
        add(&signals, try gauge("sum", "queue_length", "queue", .count, &reader))
        add(&signals, try quantiles("queue", "time in queue", &reader))
        add(&signals, try quantiles("compute", "compute time", &reader))
        add(&signals, try gauge("avg", "batch_size", "batch size", .count, &reader))
        add(&signals, try gauge("avg", "cpu_ratio", "cpu", .ratio, &reader))
        add(&signals, try gauge("avg", "gpu_ratio", "gpu", .ratio, &reader))
        add(&signals, try gauge("sum", "memory_bytes", "memory", .bytes, &reader))
        return signals
    }

    private func add(_ signals: inout [SignalLines], _ signal: SignalLines?) {
        if let signal { signals.append(signal) }
    }

    private func rate(_ metric: String, by labels: String = "service") -> (Int) -> String {
        { SignalQueries.rate(metric, by: labels, group.matcher, seconds: $0) }
    }

    private var rangeSeconds: Int { max(group.rateSeconds, Int(grid.step.inSeconds)) }

    private func line(
        _ name: String, _ query: (Int) -> String, _ reader: inout SignalReader
    ) throws -> SignalLines.Line? {
        guard let series = try reader.range(query(rangeSeconds), grid).first else { return nil }
        let element = try reader.instant(query(group.rateSeconds), at: now).first
        return SignalLines.Line(
            name: name, values: grid.values(of: series),
            now: element.flatMap { $0.value.isFinite ? $0.value : nil })
    }

    private func gauge(
        _ aggregation: String, _ metric: String, _ title: String, _ unit: SignalLines.Unit,
        _ reader: inout SignalReader
    ) throws -> SignalLines? {
        let query = SignalQueries.gauge(
            aggregation, "mlmon_" + metric, by: "service", group.matcher)
        return try line("", { _ in query }, &reader).map {
            SignalLines(title: title, unit: unit, lines: [$0])
        }
    }

    /// p50 and p99 of a histogram, or its mean where there are no buckets.
    private func quantiles(
        _ metric: String, _ title: String, _ reader: inout SignalReader
    ) throws -> SignalLines? {
        let name = "mlmon_\(metric)_seconds"
        let buckets = rate(name + "_bucket", by: "le")
        var history = LatencyTable(pointCount: grid.count)
        for series in try reader.range(buckets(rangeSeconds), grid) {
            history.add(bound: series.labels["le"], grid.values(of: series))
        }
        if history.isEmpty {
            let mean: (Int) -> String = {
                "\(rate(name + "_sum")($0)) / \(rate(name + "_count")($0))"
            }
            return try line("mean", mean, &reader).map {
                SignalLines(title: title, unit: .seconds, lines: [$0])
            }
        }
        var latest = LatencyTable(pointCount: 1)
        for element in try reader.instant(buckets(group.rateSeconds), at: now) {
            latest.add(bound: element.labels["le"], [element.value.isFinite ? element.value : nil])
        }
        let lines = [("p50", 0.5), ("p99", 0.99)].map { name, q in
            SignalLines.Line(
                name: name, values: history.quantiles(q), now: latest.quantiles(q).last ?? nil)
        }
        return SignalLines(title: title, unit: .seconds, lines: lines)
    }
}
