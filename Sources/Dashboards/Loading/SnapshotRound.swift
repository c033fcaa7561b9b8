import Storage
import TimeSeries

/// The making of one snapshot.
struct SnapshotRound {
    let records: StoreRecords
    let request: LoadRequest
    let dashboards: [DashboardDefinition]
    let window: TimeWindow
    let age: DataAge
    let grid: TimeGrid
    let now: Timestamp
    let alerts: [AlertLine]

    init(
        records: StoreRecords, request: LoadRequest, dashboards: [DashboardDefinition],
        window: TimeWindow, age: DataAge, now: Timestamp
    ) {
        self.records = records
        self.request = request
        self.dashboards = dashboards
        self.window = window
        self.age = age
        grid = TimeGrid(window, endingBefore: now)
        self.now = now
        alerts = records.alertLines
    }

    func snapshot(_ reader: inout SignalReader) throws -> Snapshot {
        let psi = try reader.range(Self.psiQuery(""), grid)
        let probes = try ProbeTable(matcher: "", isNeeded: hasProbes, grid, now, &reader)
        var services: [ServiceSummary] = []
        for group in groups {
            let tables = try VersionTables(group: group, grid: grid, now: now, &reader)
            services += group.services.map { summary(of: $0, tables, probes, grid: grid, psi: psi) }
        }
        services.sort { $0.name < $1.name }
        var snapshot = Snapshot(
            at: now, window: window, grid: grid, services: services, alerts: alerts,
            detail: try detail(services, &reader))
        snapshot.storeProblem = storeProblem
        snapshot.dashboard = try dashboard(&reader)
        if request.wantsHistory {
            let history = HistoryReader(grid: grid)
            try history.fill(&snapshot.alerts, &reader)
            try history.fill(&snapshot.services, &reader)
        }
        return snapshot
    }

    private func dashboard(_ reader: inout SignalReader) throws -> DashboardContent? {
        guard let asked = request.dashboard, dashboards.indices.contains(asked.index) else {
            return nil
        }
        let own = DashboardReader(
            grid: grid, now: now, rateSeconds: groups.map(\.rateSeconds).max() ?? 60,
            service: asked.service)
        return DashboardContent(
            index: asked.index, service: asked.service, grid: grid, window: window,
            panels: try own.panels(of: dashboards[asked.index], &reader))
    }

    private var storeProblem: String? {
        switch records.condition {
        case .sound: nil
        case .diskFull: "DISK FULL"
        case .failing: "NOT SAVED"
        }
    }

    /// Rates and windows need this long before their absence means anything.
    static let youth = Duration.seconds(30)

    /// A probe has no page to recognise a preset by.
    private var hasProbes: Bool { records.targets.contains { $0.preset.isEmpty } }

    /// Services of about one scrape interval, whose rates are taken over one span of time.
    struct Group {
        var services: [String]
        /// Empty where the group is all there is.
        var matcher: String
        /// Seconds that hold at least four scrapes.
        var rateSeconds: Int
    }

    var groups: [Group] {
        var services: [Int: [String]] = [:]
        for name in records.services {
            let interval =
                records.targets.filter { $0.service.utf8.elementsEqual(name.utf8) }
                .map(\.intervalSeconds).max() ?? 15
            services[Self.rateSeconds(interval: interval), default: []].append(name)
        }
        let isAlone = services.count == 1
        return services.sorted { $0.key < $1.key }.map { seconds, names in
            Group(
                services: names.sorted(),
                matcher: isAlone ? "" : SignalQueries.matcher(names.sorted()),
                rateSeconds: seconds)
        }
    }

    static func rateSeconds(interval: Double) -> Int {
        let scrapes = 4 * min(max(interval.isFinite ? interval : 15, 0.1), 3600)
        return max(20, Int(scrapes.rounded(.up)))
    }

    static func psiQuery(_ matcher: String) -> String {
        SignalQueries.gauge(
            "max", "mlmon_drift_psi", by: "service, model, version, feature", matcher)
    }

    func summary(
        of service: String, _ tables: VersionTables, _ probes: ProbeTable, grid: TimeGrid,
        psi: [Series]
    ) -> ServiceSummary {
        let targets = records.targets(of: service)
        let windows = records.driftWindows.filter { $0.service.utf8.elementsEqual(service.utf8) }
        let worst = Self.worst(windows)
        let own = alerts.filter { $0.service.utf8.elementsEqual(service.utf8) }
        let (health, reason) = records.health(
            of: targets, alerts: own, drift: worst?.state, at: now)
        var whole = MetricTable(pointCount: grid.count)
        var wholeNow = MetricTable(pointCount: 1)
        for key in tables.keys(of: service) {
            if let table = tables.history[key] { whole.add(table) }
            if let table = tables.now[key] { wholeNow.add(table) }
        }
        var psiHistory = [Double?](repeating: nil, count: grid.count)
        for series in psi where series.labels["service"]?.utf8.elementsEqual(service.utf8) == true {
            psiHistory = zip(psiHistory, grid.values(of: series)).map { a, b in
                a == nil && b == nil ? nil : max(a ?? 0, b ?? 0)
            }
        }
        return ServiceSummary(
            name: service, health: health, reason: reason, targets: targets,
            now: health == .down || health == .stale ? Metrics() : wholeNow.metrics,
            history: whole.history, psi: worst?.psi, drift: worst?.state, psiHistory: psiHistory,
            versions: versions(of: service, tables, windows), probe: probes[service],
            isYoung: age.age(of: service).map { $0 < Self.youth } ?? false)
    }

    /// The distribution that is worst off: drifted before stable before the undecided.
    static func worst(_ windows: [DriftWindowRecord]) -> (state: DriftState, psi: Double?)? {
        windows.map { (state: DriftState($0.state), psi: $0.psi) }
            .max { ($0.state.rawValue, $0.psi ?? 0) < ($1.state.rawValue, $1.psi ?? 0) }
    }

    private func versions(
        of service: String, _ tables: VersionTables, _ windows: [DriftWindowRecord]
    ) -> [VersionSummary] {
        var keys = tables.keys(of: service).filter { tables.now[$0] != nil }
        // Some servers tell latency for all versions together: what answers no requests of its own
        // belongs to the service, and is no version.
        let counting = keys.filter { tables.hasRequests($0) }
        if !counting.isEmpty { keys = counting }
        var versions = keys.map { key in
            let model = key["model"] ?? ""
            let version = key["version"] ?? ""
            let worst = Self.worst(windows.filter { $0.model == model && $0.version == version })
            return VersionSummary(
                model: model, version: version, now: tables.now[key]?.metrics ?? Metrics(),
                history: tables.history[key]?.history ?? MetricHistory(), drift: worst?.state,
                psi: worst?.psi)
        }
        // A service that tells neither is itself, not a version.
        versions.removeAll { $0.model.isEmpty && $0.version.isEmpty }
        let total = versions.reduce(0) { $0 + ($1.now.requestsPerSecond ?? 0) }
        versions.sort { a, b in
            let (x, y) = (a.now.requestsPerSecond ?? 0, b.now.requestsPerSecond ?? 0)
            return x != y ? x > y : (a.model, a.version) < (b.model, b.version)
        }
        var models: Set<String> = []
        for index in versions.indices {
            if total > 0 {
                versions[index].share = (versions[index].now.requestsPerSecond ?? 0) / total
            }
            let isFirst = models.insert(versions[index].model).inserted
            versions[index].isCanary = !isFirst && !versions[index].version.isEmpty
        }
        return versions
    }
}
