import Querying
import Testing
import TimeSeries

@testable import Alerting

@Suite struct RouterTests {
    private func matcher(_ name: String, _ value: String) throws -> LabelMatcher {
        try LabelMatcher(name: name, .equal, value: value)
    }

    private func receivers(_ router: Router, _ labels: LabelSet) -> [String] {
        router.destinations(for: labels).map(\.route.receiver)
    }

    @Test("the first child that matches takes the alert, the root what no child takes")
    func firstMatch() throws {
        let router = Router(
            Route(
                receiver: "root",
                children: [
                    Route(receiver: "ml", matchers: [try matcher("team", "ml")]),
                    Route(
                        receiver: "critical", matchers: [try matcher("severity", "critical")]),
                ]))
        #expect(receivers(router, ["team": "ml", "severity": "critical"]) == ["ml"])
        #expect(receivers(router, ["severity": "critical"]) == ["critical"])
        #expect(receivers(router, ["severity": "warning"]) == ["root"])
    }

    @Test(
        "`continue` lets siblings take the alert too; a child without match leaves it to its parent"
    )
    func continues() throws {
        let router = Router(
            Route(
                receiver: "root",
                children: [
                    Route(
                        receiver: "audit", continues: true,
                        children: [Route(receiver: "eu", matchers: [try matcher("zone", "eu")])]),
                    Route(receiver: "ml", matchers: [try matcher("team", "ml")]),
                ]))
        #expect(receivers(router, ["team": "ml"]) == ["audit", "ml"])
        #expect(receivers(router, ["team": "ml", "zone": "eu"]) == ["eu", "ml"])
        #expect(receivers(router, ["zone": "us"]) == ["audit"])
    }

    @Test("without a route nobody is told")
    func noRoute() {
        #expect(Router(nil).destinations(for: ["a": "b"]).isEmpty)
    }

    @Test("the group key is Alertmanager's: matchers from the root, then the group's labels")
    func groupKey() throws {
        let router = Router(
            Route(
                receiver: "root",
                children: [
                    Route(
                        receiver: "ml", matchers: [try matcher("team", "ml")],
                        groupBy: ["model", "alertname", "absent"])
                ]))
        let labels: LabelSet = ["alertname": "PSIHigh", "team": "ml", "model": "a\"b"]
        let group = try #require(router.destinations(for: labels).first).group(for: labels)
        #expect(group.groupKey == #"{}/{team="ml"}:{alertname="PSIHigh", model="a\"b"}"#)
        #expect(group.labels == ["alertname": "PSIHigh", "model": "a\"b"])
    }

    @Test("`...` groups by all labels, no labels make one group")
    func groupBy() {
        let labels: LabelSet = ["a": "1", "b": "2"]
        let all = Route(receiver: "r", groupBy: ["..."])
        let none = Route(receiver: "r", groupBy: [])
        #expect(Router.groupLabels(of: labels, by: all) == labels)
        #expect(Router.groupLabels(of: labels, by: none).isEmpty)
    }

    @Test("fingerprints are those of Alertmanager")
    func fingerprints() {
        #expect(LabelSet().hexFingerprint == "cbf29ce484222325")
        #expect((["alertname": "OKV"] as LabelSet).hexFingerprint == "1767485f5f2d1406")
        #expect(
            (["alertname": "A", "sev": "warn"] as LabelSet).hexFingerprint == "757a285c84ad7931")
    }
}
