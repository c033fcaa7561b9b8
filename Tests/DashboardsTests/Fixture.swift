import Terminal
import TimeSeries

@testable import Dashboards

#if canImport(Glibc)
    import Glibc
#endif

/// A made-up fleet, the same at every run.
enum Fixture {
    /// 2026-05-01T14:02:31Z.
    static let now = Timestamp(milliseconds: 1_777_644_151_000)

    /// A fixed stand-in for noise, in 0…1.
    static func wobble(_ index: Int, _ seed: Int) -> Double {
        let mixed: Int = index * 37 + seed * 101 + index * index * 13
        return Double(mixed % 97) / 96
    }

    static func history(
        rate: Double, p50: Double, p99: Double, errors: Double, grid: TimeGrid, seed: Int,
        slowsDown: Bool = false, gap: Range<Int> = 0..<0
    ) -> MetricHistory {
        var history = MetricHistory()
        for index in 0..<grid.count {
            let late = slowsDown && index * 4 > grid.count * 3
            let factor = late ? 1 + Double(index * 4 - grid.count * 3) / Double(grid.count) * 3 : 1
            let isGap = gap.contains(index)
            func value(_ value: Double) -> Double? { isGap ? nil : value }
            history.requestsPerSecond.append(value(rate * (0.8 + 0.3 * wobble(index, seed))))
            history.p50Seconds.append(value(p50 * (0.9 + 0.2 * wobble(index, seed + 1))))
            history.p90Seconds.append(value(p50 * 1.8 * (0.9 + 0.2 * wobble(index, seed + 2))))
            history.p99Seconds.append(value(p99 * 0.4 * factor))
            history.errorRatio.append(value(errors * wobble(index, seed + 3)))
            history.meanSeconds.append(value(p50 * 1.1))
        }
        return history
    }

    static func target(isUp: Bool = true, message: String? = nil) -> TargetSummary {
        TargetSummary(
            instance: "127.0.0.1:8002", preset: "triton", isUp: isUp, lastScrape: now - .seconds(2),
            durationSeconds: 0.0042, intervalSeconds: 2, message: message,
            url: "http://127.0.0.1:8002/metrics", isPresetRecognised: true, sampleCount: 812)
    }

    static func service(
        _ name: String, _ health: Health, rate: Double, p50: Double, p99: Double,
        errors: Double = 0, psi: Double? = nil, drift: DriftState? = nil, version: String = "1",
        grid: TimeGrid, seed: Int = 0
    ) -> ServiceSummary {
        let metrics = Metrics(
            requestsPerSecond: rate, p50Seconds: p50, p90Seconds: p50 * 2, p99Seconds: p99,
            errorRatio: errors)
        let history = history(
            rate: rate, p50: p50, p99: p99, errors: errors, grid: grid, seed: seed,
            slowsDown: health == .critical, gap: 30..<34)
        return ServiceSummary(
            name: name, health: health, targets: [target()], now: metrics, history: history,
            psi: psi, drift: drift,
            psiHistory: history.requestsPerSecond.indices.map { index in
                psi.map { $0 * wobble(index, seed) }
            },
            versions: [
                VersionSummary(
                    model: name, version: version, share: 1, now: metrics, history: history,
                    drift: drift, psi: psi)
            ])
    }

    static func services(_ grid: TimeGrid) -> [ServiceSummary] {
        var ranker = service(
            "ranker-eu", .critical, rate: 118, p50: 0.061, p99: 0.268, errors: 0.009, psi: 0.31,
            drift: .drifted, grid: grid, seed: 5)
        ranker.versions = [("v41", 0.91, false), ("v42", 0.09, true)].map { name, share, isCanary in
            VersionSummary(
                model: "ranker", version: name, isCanary: isCanary, share: share,
                now: Metrics(
                    requestsPerSecond: 118 * share, p50Seconds: 0.061,
                    p99Seconds: isCanary ? 0.43 : 0.11, errorRatio: isCanary ? 0.031 : 0.004),
                history: history(
                    rate: 118 * share, p50: 0.061, p99: 0.268, errors: 0.01, grid: grid, seed: 7),
                drift: isCanary ? .drifted : .stable, psi: isCanary ? 0.31 : 0.02)
        }
        var dead = ServiceSummary(
            name: "search-rerank", health: .down, reason: "connection refused",
            targets: [target(isUp: false, message: "connection refused")])
        dead.history = history(
            rate: 0, p50: 0, p99: 0, errors: 0, grid: grid, seed: 1, gap: 0..<grid.count)
        var mean = service(
            "price-elast", .ok, rate: 40, p50: 0.009, p99: 0.018, grid: grid, seed: 9)
        mean.now = Metrics(requestsPerSecond: 40, meanSeconds: 0.0102, errorRatio: nil)
        mean.versions = []
        return [
            dead, ranker, mean,
            service(
                "asr-stream", .pending, rate: 22, p50: 0.12, p99: 0.408, errors: 0.0041, psi: 0.06,
                drift: .stable, version: "2024-05", grid: grid, seed: 2),
            service(
                "fraud-score", .ok, rate: 940, p50: 0.0041, p99: 0.009, errors: 0.0002, psi: 0.02,
                drift: .stable, grid: grid, seed: 3),
            service(
                "vision-tag", .ok, rate: 88, p50: 0.044, p99: 0.088, drift: .learning, grid: grid,
                seed: 4),
            service("日本語モデル", .ok, rate: 5, p50: 0.015, p99: 0.033, grid: grid, seed: 6),
        ]
    }

    static let alerts = [
        AlertLine(
            rule: "PredictionDrift", service: "ranker-eu", severity: .critical, state: .firing,
            summary: "predictions drifted: PSI 0.31", since: now - .seconds(970)),
        AlertLine(
            rule: "ServiceDown", service: "search-rerank", severity: .critical, state: .firing,
            summary: "no answer: connection refused", since: now - .seconds(94)),
        AlertLine(
            rule: "ErrorRate", service: "asr-stream", severity: .warning, state: .pending,
            summary: "0.41% of requests fail", since: now - .seconds(60)),
        AlertLine(
            rule: "HighLatency", service: "fraud-score", severity: .warning, state: .resolved,
            summary: "p99 was 31ms", since: now - .seconds(1100)),
    ]

    /// Log-normal about the service's p50 and p99.
    static func buckets(_ history: MetricHistory) -> LatencyBuckets {
        let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, .infinity]
        return LatencyBuckets(
            bounds: bounds,
            columns: zip(history.p50Seconds, history.p99Seconds).map { p50, p99 in
                guard let p50, let p99, p99 > p50 else { return nil }
                let width = log(p99 / p50) / 2.33
                var last = 0.0
                return bounds.map { bound in
                    let z = (log(bound) - log(p50)) / width / 2.0.squareRoot()
                    let share = bound.isFinite ? 0.5 * (1 + erf(z)) : 1
                    defer { last = share }
                    return share - last < 0.002 ? 0 : share - last
                }
            })
    }

    static let distributions = [
        Distribution(
            model: "ranker", version: "v42", feature: "score", kind: .score, state: .drifted,
            from: now - .seconds(60), through: now, bins: (1...10).map { "\(Double($0) / 10)" },
            baseline: [10, 60, 180, 240, 180, 90, 40, 20, 10, 5],
            counts: [1, 5, 14, 20, 16, 9, 14, 20, 9, 2], psi: 0.31, psiNullMean: 0.021,
            pValue: 1e-12),
        Distribution(
            model: "ranker", version: "v41", feature: "prediction", kind: .classes, state: .stable,
            from: now - .seconds(60), through: now, bins: ["books", "clothing", "food", "toys"],
            baseline: [300, 200, 30, 0], counts: [70, 50, 0, 2], psi: 0.07, psiNullMean: 0.05,
            pValue: 0.2),
    ]

    /// One panel of each kind.
    static let dashboard = DashboardDefinition(
        title: "Inference",
        panels: [
            PanelDefinition(
                title: "requests", kind: .value, unit: .requestsPerSecond, span: 3,
                queries: [PanelQuery("a")]),
            PanelDefinition(
                title: "failing", kind: .value, unit: .ratio, span: 3, queries: [PanelQuery("b")],
                references: [.init(value: 0.005, severity: .critical)]),
            PanelDefinition(
                title: "p99 by service", unit: .seconds, span: 6, queries: [PanelQuery("c")],
                references: [.init(value: 0.2, label: "SLO")]),
            PanelDefinition(
                title: "requests by service", kind: .stacked, unit: .requestsPerSecond, span: 6,
                queries: [PanelQuery("d")]),
            PanelDefinition(
                title: "by version", kind: .table, span: 6,
                queries: [PanelQuery("e"), PanelQuery("f", unit: .seconds)],
                labels: ["service", "version"]),
            PanelDefinition(
                title: "slowest", kind: .bars, unit: .seconds, span: 4,
                queries: [PanelQuery("g")], references: [.init(value: 0.2)]),
            PanelDefinition(
                title: "latency", kind: .heatmap, unit: .seconds, span: 4,
                queries: [PanelQuery("h")]),
            PanelDefinition(title: "broken", span: 4, queries: [PanelQuery("i")]),
        ])

    static var options: DashboardOptions {
        var options = DashboardOptions()
        options.dashboards = [dashboard]
        return options
    }

    static func content(_ grid: TimeGrid, _ window: TimeWindow) -> DashboardContent {
        let services = services(grid).filter { $0.health != .down }
        func content(
            _ values: (ServiceSummary) -> ([Double?], Double?), count: Int = 99
        ) -> PanelContent {
            var content = PanelContent()
            content.lines = services.prefix(count).map {
                let (values, now) = values($0)
                return SignalLines.Line(name: $0.name, values: values, now: now)
            }
            return content
        }
        let requests = content { ($0.history.requestsPerSecond, $0.now.requestsPerSecond) }
        var one = PanelContent()
        one.lines = [
            SignalLines.Line(name: "", values: requests.lines[1].values, now: 1_234)
        ]
        var errors = PanelContent()
        errors.lines = [
            SignalLines.Line(name: "", values: services[0].history.errorRatio, now: 0.009)
        ]
        let p99 = content { ($0.history.p99Seconds, $0.now.p99Seconds) }
        var table = PanelContent()
        table.columns = ["service", "version"]
        table.rows = services.map {
            PanelContent.Row(
                labels: [$0.name, $0.versions.first?.version ?? ""],
                values: [$0.now.requestsPerSecond, $0.now.p99Seconds])
        }
        var bars = p99
        bars.lines.sort { $0.now ?? 0 > $1.now ?? 0 }
        var heat = content({ ($0.history.p99Seconds, $0.now.p99Seconds) }, count: 1)
        heat.lines[0].name = "p99"
        heat.buckets = buckets(services[0].history)
        var broken = PanelContent()
        broken.problem = "unknown function 'rtae'"
        return DashboardContent(
            index: 0, service: nil, grid: grid, window: window,
            panels: [one, errors, p99, requests, table, bars, heat, broken])
    }

    static func snapshot(_ request: LoadRequest, at now: Timestamp = now) -> Snapshot {
        let fleetWindow = request.fleetWindow ?? .usual
        let grid = TimeGrid(fleetWindow, endingBefore: now)
        let services = services(grid)
        var snapshot = Snapshot(
            at: now, window: fleetWindow, grid: grid, services: services, alerts: alerts)
        let serviceWindow = (request.isBesideFleet ? fleetWindow : request.serviceWindow) ?? .usual
        let window = TimeGrid(serviceWindow, endingBefore: now)
        if let summary = Self.services(window).first(where: { $0.name == request.service }) {
            snapshot.detail = ServiceDetail(
                summary: summary, grid: window, window: serviceWindow,
                buckets: summary.name == "ranker-eu" ? buckets(summary.history) : nil,
                distributions: summary.name == "ranker-eu" ? distributions : [],
                alerts: alerts.filter { $0.service == summary.name })
        }
        if request.dashboard != nil { snapshot.dashboard = content(grid, fleetWindow) }
        if request.wantsHistory {
            for index in snapshot.alerts.indices {
                snapshot.alerts[index].detail.history = (0..<grid.count).map {
                    $0 < 40 ? nil : $0 < 50 ? .pending : .firing
                }
            }
            for index in snapshot.services.indices {
                snapshot.services[index].targets[0].durations =
                    snapshot.services[index].history.p50Seconds
            }
        }
        return snapshot
    }

    static func state(
        _ size: Size = Size(120, 40), page: Page = .fleet, service: String? = nil,
        options: DashboardOptions = Fixture.options
    ) -> DashboardState {
        var options = options
        options.initialPage = page
        options.initialService = service
        var state = DashboardState(options: options, size: size, now: now)
        _ = state.apply(.loaded(snapshot(state.request)))
        _ = state.apply(.loaded(snapshot(state.request)))
        return state
    }

    static func text(_ state: DashboardState, ascii: Bool = false) -> String {
        Frame(state, traits: .init(isASCII: ascii, hasFineColor: false)).canvas.lines
            .joined(separator: "\n")
    }
}
