import Terminal
import Testing
import TimeSeries

@testable import Dashboards

@Suite("Panels")
struct PanelTests {
    private static let grid = TimeGrid(.fifteenMinutes, endingBefore: Fixture.now)

    private func state(
        _ detail: ServiceDetail, _ size: Size = Size(120, 40), page: Page = .service
    ) -> DashboardState {
        var options = DashboardOptions()
        options.initialPage = page
        options.initialService = detail.summary.name
        var state = DashboardState(options: options, size: size, now: Fixture.now)
        _ = state.apply(
            .loaded(
                Snapshot(
                    at: Fixture.now, grid: detail.grid, services: [detail.summary], alerts: [],
                    detail: detail)))
        return state
    }

    private func detail(
        _ summary: ServiceSummary, _ distributions: [Distribution] = []
    ) -> ServiceDetail {
        ServiceDetail(
            summary: summary, grid: Self.grid, window: .fifteenMinutes,
            distributions: distributions)
    }

    @Test(
        "figures are never cut, however wide",
        arguments: [Size(80, 24), Size(120, 40), Size(200, 60)]
    )
    func figures(size: Size) {
        for mean in [0.0119, 0.1234, 1.5, 59.94] {
            var summary = Fixture.service(
                "mlserver", .ok, rate: 12_345, p50: 0.1, p99: 0.2, grid: Self.grid)
            summary.now = Metrics(
                requestsPerSecond: 12_345, meanSeconds: mean, errorRatio: 0.123)
            summary.versions[0].now = summary.now
            let detail = detail(summary)
            for page in Page.allCases {
                let text = Fixture.text(state(detail, size, page: page))
                if page == .fleet || size.columns >= 120 {
                    #expect(text.contains("~" + Figures.seconds(mean)), "\(size) \(page)")
                }
                #expect(!text.contains("m…") && !text.contains("0…"), "\(size) \(page)")
            }
        }
    }

    @Test("a panel without data says why")
    func absences() {
        var bare = ServiceSummary(name: "bare", health: .ok)
        bare.history.requestsPerSecond = Array(repeating: 5, count: Self.grid.count)
        let text = Fixture.text(state(detail(bare)))
        #expect(text.contains("this server shows no errors"))
        #expect(text.contains("this server tells no latency"))
        #expect(text.contains("no predictions in its metrics"))
        bare.isYoung = true
        #expect(Fixture.text(state(detail(bare))).contains("waiting for the next scrapes"))
        bare.health = .down
        bare.reason = "connection refused"
        #expect(Fixture.text(state(detail(bare))).contains("no data: connection refused"))
    }

    @Test("a probed service shows the time and status of its answers, marked as a probe")
    func probe() {
        var summary = ServiceSummary(name: "gateway", health: .ok)
        summary.probe = ProbeSummary(
            seconds: 0.003, history: Array(repeating: 0.003, count: Self.grid.count), status: 200)
        let text = Fixture.text(state(detail(summary)))
        #expect(text.contains("probe: time of the answer"))
        #expect(text.contains("probe 3.00ms"))
        #expect(text.contains("last answer HTTP 200"))
        #expect(Fixture.text(state(detail(summary), page: .fleet)).contains("@3.00ms"))
    }

    @Test("what moved most is said of a drifted distribution, what is learned of a new one")
    func distributions() {
        let summary = Fixture.service(
            "ranker", .warning, rate: 5, p50: 0.1, p99: 0.2, drift: .drifted, grid: Self.grid)
        let drifted = Fixture.text(state(detail(summary, Fixture.distributions)))
        #expect(drifted.contains("moved most"))
        #expect(drifted.contains("0.3…0.4 −10.6%"))
        #expect(Fixture.distributions[1].movers.map(\.bin) == [2, 1, 3, 0])
        var learning = Fixture.distributions[0]
        learning.state = .learning
        learning.psi = nil
        learning.note = "learning the reference, 1m20s of 2m"
        let text = Fixture.text(state(detail(summary, [learning])))
        #expect(text.contains("learning the reference, 1m20s of 2m"))
        #expect(text.contains("the reference so far"))
        #expect(!text.contains("moved most") && !text.contains("less now"))
    }

    @Test("estimated and measured performance stand side by side, where there is any")
    func performance() {
        var detail = detail(
            Fixture.service("fraud", .ok, rate: 5, p50: 0.1, p99: 0.2, grid: Self.grid))
        let wide = Size(200, 60)
        #expect(!Fixture.text(state(detail, wide)).contains("performance"))
        detail.performance = [
            ModelPerformance(
                model: "m", version: "1", metric: "accuracy",
                estimated: .init(value: 0.9123, lower: 0.9, upper: 0.92), realised: 0.8765,
                coverage: 0.432, history: [0.9, nil, 0.91]),
            ModelPerformance(model: "m", version: "1", metric: "log_loss", realised: 0.4),
        ]
        let text = Fixture.text(state(detail, wide))
        #expect(text.contains("performance") && text.contains("43.2% labelled"))
        let line = text.split(separator: "\n").first { $0.contains("0.877") } ?? ""
        #expect(line.contains("accuracy") && line.contains("0.912 0.900…0.920"), "\(text)")
        #expect(text.contains("log loss"))
        #expect(Fixture.text(state(detail, Size(120, 40))).contains("0.877"))
    }

    @Test("the expected band and unusual values are drawn over throughput, errors and latency")
    func expected() {
        var detail = detail(
            Fixture.service(
                "ranker", .ok, rate: 100, p50: 0.1, p99: 0.2, errors: 0.02, grid: Self.grid))
        let plain = Fixture.text(state(detail))
        #expect(!plain.contains("┄") && !plain.contains("▾"))
        for (signal, lower, upper) in [
            (ExpectedBand.Signal.requestRate, 70.0, 130.0), (.errorRatio, 0.005, 0.02),
            (.latencyP99, 0.05, 0.09),
        ] {
            detail.expected[signal] = ExpectedBand(
                lower: Array(repeating: lower, count: Self.grid.count),
                upper: Array(repeating: upper, count: Self.grid.count))
        }
        let text = Fixture.text(state(detail))
        #expect(text.contains("expected 70.0…130"))
        #expect(text.split(separator: "\n").count { $0.contains("┄") } >= 5)
        for signal in ExpectedBand.Signal.allCases {
            detail.expected[signal]?.score = (0..<Self.grid.count).map { $0 > 60 ? 0.83 : 0.1 }
        }
        #expect(Fixture.text(state(detail)).contains("▾ unusual 0.83"))
    }
}
