import Querying
import Storage
import Terminal
import TestSupport
import Testing
import TimeSeries

@testable import Dashboards

@Suite("Dashboards from files")
struct DashboardDefinitionTests {
    @Test("variables stand for durations and the service's name, quoted")
    func variables() {
        let query = PanelQuery(
            "rate(a{service=\"$service\"}[$__rate_interval]) offset $__interval $other")
        #expect(
            query.expression(rateSeconds: 20, stepSeconds: 10, service: "a\"b\\")
                == "rate(a{service=\"a\\\"b\\\\\"}[20s]) offset 10s $other")
    }

    @Test("what is checked is as long as what is written, and PromQL")
    func checkable() throws {
        for text in ["rate(a[$__rate_interval])", "rate(a[$__interval] offset $__interval)"] {
            let checkable = PanelQuery.checkable(text)
            #expect(checkable.utf8.count == text.utf8.count)
            _ = try QueryExpression(parsing: checkable)
        }
    }

    @Test(
        "legends take labels",
        arguments: [
            ("{{service}} p99", "ranker p99"), ("{{ service }}{{none}}", "ranker"), ("x", "x"),
            ("}} {{service}}", "}} ranker"),
        ])
    func legend(_ source: String, _ expected: String) throws {
        let legend = try LegendTemplate(parsing: source)
        #expect(legend.rendered { $0 == "service" ? "ranker" : nil } == expected)
    }

    @Test("legends that are none", arguments: ["{{a", "{{}}", "{{1a}}", "{{ $labels.a }}"])
    func noLegend(_ source: String) {
        #expect(throws: LegendError.self) { try LegendTemplate(parsing: source) }
    }

    @Test("a title is found by its beginning where that is one page's alone")
    func titles() {
        let pages = ["Inference", "Inference deep", "Quality"].map {
            DashboardDefinition(title: $0, panels: [])
        }
        #expect(DashboardDefinition.index(named: "inference", in: pages) == 0)
        #expect(DashboardDefinition.index(named: "infe", in: pages) == nil)
        #expect(DashboardDefinition.index(named: "q", in: pages) == 2)
        #expect(DashboardDefinition.index(named: "x", in: pages) == nil)
    }

    @Test("panels fill the page, never overlap, and scrolling reaches every one")
    func layout() {
        var generator = SplitMix64(seed: 42)
        for _ in 0..<300 {
            let panels = (0..<Int.random(in: 1...14, using: &generator)).map { _ in
                PanelDefinition(
                    title: "p",
                    kind: PanelDefinition.Kind.allCases.randomElement(using: &generator) ?? .lines,
                    span: Int.random(in: 1...12, using: &generator),
                    height: Int.random(in: 3...20, using: &generator), queries: [])
            }
            let body = Rect(
                0, 1, Int.random(in: 60...220, using: &generator),
                Int.random(in: 14...60, using: &generator))
            var seen: Set<Int> = []
            var scroll = 0
            while true {
                let layout = DashboardLayout(panels, in: body, scroll: scroll)
                let places = layout.places.enumerated().compactMap { index, place in
                    place.map { (index, $0) }
                }
                seen.formUnion(places.map(\.0))
                for (index, place) in places {
                    #expect(!place.isEmpty && place.column >= 0 && place.row >= body.row)
                    #expect(place.endColumn <= body.endColumn && place.endRow <= body.endRow)
                    for (other, second) in places where other != index {
                        let isApart =
                            place.endColumn <= second.column || second.endColumn <= place.column
                            || place.endRow <= second.row || second.endRow <= place.row
                        #expect(isApart, "\(place) \(second)")
                    }
                }
                if scroll >= layout.lastScroll { break }
                scroll += 1
            }
            #expect(seen.count == panels.count, "\(body) \(panels.map(\.span))")
        }
    }

    /// Two services with a counter, and buckets for one.
    private func loader(_ panels: [PanelDefinition]) -> SnapshotLoader {
        var series: [Series] = []
        let end = Fixture.now.milliseconds
        let times = (0..<900).map { end - Int64(899 - $0) * 2_000 }
        for (name, rate) in [("a", 5.0), ("b", 20.0)] {
            series.append(
                Series(
                    labels: LabelSet(metricName: "mlmon_requests_total", ["service": name]),
                    timestamps: times, values: times.indices.map { Double($0) * 2 * rate }))
            for (bound, share) in [("0.1", 0.5), ("1", 0.99), ("+Inf", 1)] {
                series.append(
                    Series(
                        labels: LabelSet(metricName: "l_bucket", ["service": name, "le": bound]),
                        timestamps: times,
                        values: times.indices.map { Double($0) * 2 * rate * share }))
            }
        }
        return SnapshotLoader(
            source: MemorySource(series), engine: QueryEngine(),
            dashboards: [DashboardDefinition(title: "x", panels: panels)]
        ) { StoreRecords(targets: []) }
    }

    private func contents(
        _ panels: PanelDefinition..., service: String? = nil
    ) throws -> [PanelContent] {
        var request = LoadRequest(fleetWindow: .fiveMinutes, service: nil, serviceWindow: nil)
        request.dashboard = LoadRequest.Dashboard(index: 0, service: service)
        let snapshot = try loader(panels).snapshot(request, at: Fixture.now)
        return try #require(snapshot.dashboard).panels
    }

    private let rate = "sum by (service) (rate(mlmon_requests_total[$__rate_interval]))"

    @Test("lines have names, points, and the newest value")
    func lines() throws {
        let query = PanelQuery(rate, legend: try LegendTemplate(parsing: "{{service}}!"))
        let content = try contents(PanelDefinition(title: "t", queries: [query]))[0]
        #expect(content.lines.map(\.name) == ["a!", "b!"])
        #expect(content.lines[1].values.allSatisfy { $0.map { abs($0 - 20) < 1e-6 } ?? false })
        #expect(abs((content.lines[0].now ?? 0) - 5) < 1e-6)
    }

    @Test("percent is shown as the ratio that figures take, and bars go from large to small")
    func bars() throws {
        let panel = PanelDefinition(
            title: "t", kind: .bars, unit: .percent, queries: [PanelQuery(rate)])
        let content = try contents(panel)[0]
        #expect(content.lines.map(\.name) == ["b", "a"])
        #expect(abs((content.lines[0].now ?? 0) - 0.2) < 1e-9)
    }

    @Test("a table joins its queries by label, with gaps where one has no answer")
    func table() throws {
        let queries = [PanelQuery(rate + " > 10"), PanelQuery("2 * " + rate)]
        let panel = PanelDefinition(title: "t", kind: .table, queries: queries)
        let content = try contents(panel)[0]
        #expect(content.columns == ["service"])
        #expect(content.rows.map(\.labels) == [["b"], ["a"]])
        #expect(content.rows[1].values[0] == nil)
        #expect(abs((content.rows[1].values[1] ?? 0) - 10) < 1e-6)
    }

    @Test("a heat map has its buckets and quantiles")
    func heatmap() throws {
        let query = PanelQuery("sum by (le) (rate(l_bucket[$__rate_interval]))")
        let content = try contents(
            PanelDefinition(title: "t", kind: .heatmap, unit: .seconds, queries: [query]))[0]
        #expect(content.buckets?.bounds == [0.1, 1, .infinity])
        #expect(content.lines.map(\.name) == ["p50", "p99"])
    }

    @Test("a query that fails says so in its panel, and the others go on")
    func failing() throws {
        let twice = "mlmon_requests_total * on () group_left () mlmon_requests_total"
        let contents = try contents(
            PanelDefinition(title: "bad", queries: [PanelQuery(twice)]),
            PanelDefinition(title: "good", queries: [PanelQuery("vector(7)")]))
        #expect(contents[0].problem != nil)
        #expect(contents[1].problem == nil && contents[1].lines.first?.now == 7)
    }

    @Test("$service is the selected service, and the keys for rows choose another")
    func perService() throws {
        let query = PanelQuery("rate(mlmon_requests_total{service=\"$service\"}[1m])")
        let panel = PanelDefinition(title: "t", queries: [query])
        #expect(try contents(panel, service: "b")[0].lines.map(\.name) == ["b"])
        var options = DashboardOptions()
        options.dashboards = [DashboardDefinition(title: "x", panels: [panel])]
        var state = Fixture.state(options: options)
        _ = state.apply(.key("D"))
        #expect(state.request.dashboard?.service == "search-rerank")
        _ = state.apply(.key("j"))
        #expect(state.request.dashboard?.service == "ranker-eu")
    }

    @Test("of more series than can be told apart the largest are kept, and the rest counted")
    func manySeries() throws {
        let series = (0..<60).map { index in
            Series(
                labels: LabelSet(metricName: "g", ["x": "\(index)"]),
                timestamps: [Fixture.now.milliseconds], values: [Double(index)])
        }
        let panel = PanelDefinition(title: "t", kind: .bars, queries: [PanelQuery("g")])
        let loader = SnapshotLoader(
            source: MemorySource(series), engine: QueryEngine(),
            dashboards: [DashboardDefinition(title: "x", panels: [panel])]
        ) { StoreRecords(targets: []) }
        var request = LoadRequest(fleetWindow: .minute, service: nil, serviceWindow: nil)
        request.dashboard = LoadRequest.Dashboard(index: 0)
        let content = try #require(
            try loader.snapshot(request, at: Fixture.now).dashboard?.panels.first)
        #expect(content.lines.count == 24 && content.hiddenLineCount == 36)
        #expect(content.lines.first?.now == 59)
    }
}
