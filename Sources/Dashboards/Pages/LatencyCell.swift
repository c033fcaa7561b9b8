import Terminal

/// The middle of a service's latency in one cell: `11.9ms`, `~11.9ms` of a mean, `@3.10ms` of a
/// probe.
enum LatencyCell {
    static func text(_ now: Metrics, probe: ProbeSummary? = nil) -> String {
        if let p50 = now.p50Seconds { return Figures.seconds(p50) }
        if let mean = now.meanSeconds { return "~" + Figures.seconds(mean) }
        if let probe, let seconds = probe.seconds { return "@" + Figures.seconds(seconds) }
        return Figures.unknown
    }
}
