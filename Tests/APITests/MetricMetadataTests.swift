import Storage
import Testing

@testable import API

@Suite("Metadata of metrics")
struct MetricMetadataTests {
    @Test(
        "types follow from names by convention",
        arguments: [
            (["a_total"], ["a_total": "counter"]),
            (["h_bucket", "h_sum", "h_count"], ["h": "histogram"]),
            (["s", "s_sum", "s_count"], ["s": "summary"]),
            (
                ["up", "row_count", "check_sum"],
                [
                    "up": "unknown", "row_count": "unknown", "check_sum": "unknown",
                ]
            ),
        ])
    func conventions(names: [String], types: [String: String]) {
        let families = MetricMetadata.conventional(Set(names))
        #expect(families.mapValues { $0.map(\.type) } == types.mapValues { [$0] })
    }

    @Test("what mlmon measures of itself has its own words")
    func own() {
        let families = MetricMetadata.own([OwnMetric(.counter, "mlmon_scrapes", "Scrapes.", 1)])
        #expect(
            families == [
                "mlmon_scrapes_total": [MetricMetadata(type: "counter", help: "Scrapes.")]
            ])
    }
}
