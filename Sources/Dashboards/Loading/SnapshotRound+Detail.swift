import Querying
import Storage
import TimeSeries

extension SnapshotRound {
    /// The page of the service that was asked for, nil where there is none of that name.
    func detail(
        _ services: [ServiceSummary], _ reader: inout SignalReader
    ) throws -> ServiceDetail? {
        guard let name = request.service,
            let known = services.first(where: { $0.name.utf8.elementsEqual(name.utf8) })
        else { return nil }
        let asked = request.isBesideFleet ? self.window : request.serviceWindow
        let window = asked ?? TimeWindow.fitting(age.age(of: name))
        let grid = TimeGrid(window, endingBefore: now)
        let interval = known.targets.map(\.intervalSeconds).max() ?? 15
        let group = Group(
            services: [name], matcher: SignalQueries.matcher([name]),
            rateSeconds: Self.rateSeconds(interval: interval))
        let tables = try VersionTables(group: group, grid: grid, now: now, &reader)
        let psi = try reader.range(Self.psiQuery(group.matcher), grid)
        let probes = try ProbeTable(
            matcher: group.matcher, isNeeded: known.probe != nil, grid, now, &reader)
        let summary = summary(of: name, tables, probes, grid: grid, psi: psi)
        var whole = MetricTable(pointCount: grid.count)
        for key in tables.keys(of: name) {
            if let table = tables.history[key] { whole.add(table) }
        }
        let lines = LineReader(group: group, grid: grid, now: now)
        return ServiceDetail(
            summary: summary, grid: grid, window: window,
            buckets: whole.buckets.buckets,
            expected: try ExpectedReader(group: group, grid: grid)
                .bands(versionCount: max(1, summary.versions.count), &reader),
            distributions: distributions(of: name, grid, psi),
            languageModel: try lines.languageModel(&reader),
            resources: try lines.resources(&reader),
            performance: try PerformanceReader(group: group, grid: grid, now: now)
                .performance(&reader),
            alerts: alerts.filter { $0.service.utf8.elementsEqual(name.utf8) })
    }

    /// Drifted ones first, then by PSI.
    private func distributions(
        of service: String, _ grid: TimeGrid, _ psi: [Series]
    ) -> [Distribution] {
        records.driftWindows.filter { $0.service.utf8.elementsEqual(service.utf8) }
            .map { window in
                let history = psi.first { series in
                    series.labels["model"] ?? "" == window.model
                        && series.labels["version"] ?? "" == window.version
                        && series.labels["feature"] ?? "" == window.feature
                }
                return Self.distribution(window, history.map { grid.values(of: $0) } ?? [])
            }
            .sorted { a, b in
                (a.state.rawValue, a.psi ?? 0) > (b.state.rawValue, b.psi ?? 0)
            }
    }

    private static func distribution(
        _ window: DriftWindowRecord, _ psiHistory: [Double?]
    ) -> Distribution {
        var distribution = Distribution(
            model: window.model, version: window.version, feature: window.feature,
            kind: window.feature == "score" ? .score : .classes, state: DriftState(window.state),
            from: Timestamp(milliseconds: window.fromMilliseconds),
            through: Timestamp(milliseconds: window.throughMilliseconds), bins: window.bins,
            baseline: window.referenceCounts, counts: window.counts, psi: window.psi,
            psiNullMean: window.psiNullMean, pValue: window.pValue, note: window.note,
            psiHistory: psiHistory)
        distribution.detail = window.detail
        return distribution
    }
}
