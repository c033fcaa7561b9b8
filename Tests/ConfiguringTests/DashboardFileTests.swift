import Dashboards
import Testing

@testable import Configuring

@Suite("Dashboard files")
struct DashboardFileTests {
    private static let page = """
        pages:
          - title: Mine
            panels:
              - {title: requests, unit: requests/s, queries: up}
              - title: p99
                kind: bars
                unit: seconds
                width: third
                height: 9
                queries:
                  query: sum by (service) (rate(a_total[$__rate_interval]))
                  legend: "{{ service }} now"
                references: {value: 0.2, label: SLO, severity: critical, bad: below}

        """

    @Test("are read as they stand")
    func reading() throws {
        let workspace = try Workspace([
            "mlmon.yaml": "dashboards: [own/*.yaml]\n", "own/a.yaml": Self.page,
        ])
        let pages = try workspace.load().dashboards
        let requests = PanelDefinition(
            title: "requests", unit: .requestsPerSecond, queries: [PanelQuery("up")])
        let p99 = PanelDefinition(
            title: "p99", kind: .bars, unit: .seconds, span: 4, height: 9,
            queries: [
                PanelQuery(
                    "sum by (service) (rate(a_total[$__rate_interval]))",
                    legend: try LegendTemplate(parsing: "{{service}} now"))
            ],
            references: [
                .init(value: 0.2, label: "SLO", severity: .critical, isLowerBad: true)
            ])
        #expect(pages == [DashboardDefinition(title: "Mine", panels: [requests, p99])])
    }

    @Test("the shipped ones apply without the key and by name; an empty list is none")
    func shipped() throws {
        let shipped = try ShippedFiles.dashboards()
        #expect(shipped.map(\.title) == ["Inference", "Service", "Language models", "Quality"])
        #expect(try Workspace(["mlmon.yaml": "store: {}\n"]).load().dashboards == shipped)
        #expect(
            try Workspace(["mlmon.yaml": "dashboards: dashboards/*.yaml\n"]).load().dashboards
                == shipped)
        #expect(try Workspace(["mlmon.yaml": "dashboards: []\n"]).load().dashboards.isEmpty)
        #expect(shipped.filter(\.isPerService).map(\.title) == ["Service"])
    }

    @Test("two pages of one title cannot be told apart")
    func sameTitle() throws {
        let workspace = try Workspace([
            "mlmon.yaml": "dashboards: [a.yaml, b.yaml]\n", "a.yaml": Self.page,
            "b.yaml": Self.page,
        ])
        #expect(workspace.mistakes() == ["b.yaml: a page 'Mine' is given twice"])
    }
}

let dashboardCases: [MistakeCase] = [
    MistakeCase(
        "no pages", "page: []\n",
        "d.yaml:1:1: the dashboard file has no 'pages'",
        "d.yaml:1:1: unknown key 'page' in the dashboard file; did you mean 'pages'?"),
    MistakeCase(
        "a page without panels", "pages: [{title: x, panels: []}]\n",
        "d.yaml:1:20: panels holds 0, expected 1 to 48"),
    MistakeCase(
        "misspelt words",
        """
        pages:
          - title: X
            panels:
              - {title: a, kind: linse, unit: second, width: halve, queries: up}
              - {title: b, hight: 4, height: 2, width: 13, queries: up}

        """,
        "d.yaml:4:24: kind is 'linse'; did you mean 'lines'?",
        "d.yaml:4:37: unit is 'second'; did you mean 'seconds'?",
        "d.yaml:4:52: width is 'halve'; expected 'full', 'three-quarters', 'two-thirds', 'half', "
            + "'third' or 'quarter'",
        "d.yaml:5:18: unknown key 'hight' in a panel; did you mean 'height'?",
        "d.yaml:5:36: height is '2', expected a whole number from 3 to 60",
        "d.yaml:5:46: width is '13'; expected 1 to 12, or 'full', 'three-quarters', 'two-thirds', "
            + "'half', 'third' or 'quarter'"),
    MistakeCase(
        "PromQL, where it stands, variables or not",
        """
        pages:
          - title: X
            panels:
              - title: a
                queries: rate(up[$__rate_interval]) +
              - title: b
                queries:
                  - query: |
                      up{service="$service"}
                        + rate(up)
                  - "up["

        """,
        "d.yaml:5:46: queries: …",
        "d.yaml:10:20: query: expected type range vector in call to function \"rate\", "
            + "got instant vector",
        "d.yaml:11:18: queries: …"),
    MistakeCase(
        "legends, references and units out of place",
        """
        pages:
          - title: X
            panels:
              - title: a
                queries: {query: up, legend: "{{a", unit: bytes}
                references: {label: x, severity: bad, bad: over}
                labels: [service]

        """,
        "d.yaml:5:38: legend: '{{' without '}}'",
        "d.yaml:5:51: only a query of a table has a unit; give it to the panel",
        "d.yaml:6:21: a reference has no 'value'",
        "d.yaml:7:17: only a table has label columns"),
]
