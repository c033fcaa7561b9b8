import HTTP
import TestSupport
import Testing
import TimeSeries

@testable import Scraping

@Suite("Limits on series") struct SeriesLimitTests {
    private static func table(_ names: Range<Int>) -> SeriesTable {
        SeriesTable(labels: names.map { LabelSet(metricName: "m", ["i": "\($0)"]) })
    }

    private static func limits(_ series: Int, total: Int = .max) -> Target.Limits {
        var limits = Target.Limits()
        (limits.seriesCount, limits.totalSeriesCount) = (series, total)
        return limits
    }

    @Test("a page with new series at each scrape is refused once it brought too many in an hour")
    func churn() throws {
        var recent = RecentSeries(quota: SeriesQuota())
        func admit(_ names: Range<Int>, minute: Int64) -> ExpositionError? {
            do throws(ExpositionError) {
                try recent.admit(
                    Self.table(names), at: Timestamp(milliseconds: minute * 60_000),
                    limits: Self.limits(100))
                return nil
            } catch {
                return error
            }
        }
        for minute in 0..<10 as Range<Int64> {
            #expect(admit(Int(minute) * 10..<Int(minute) * 10 + 10, minute: minute) == nil)
        }
        let refusal = try #require(admit(100..<110, minute: 10))
        #expect(refusal.limit == .series)
        #expect(refusal.expected.contains("at most 100 series of this target"))
        #expect(refusal.expected.contains("scrape.limits.series"))
        // The page before it is as good as ever; and what vanished an hour ago no longer counts.
        #expect(admit(90..<100, minute: 11) == nil)
        #expect(admit(100..<110, minute: 59) != nil)
        #expect(admit(100..<110, minute: 62) == nil)
        // Set back, the clock does not keep series for ever.
        #expect(admit(0..<90, minute: -1000) == nil)
    }

    @Test("all targets together have a limit, and a smaller page gives back its share")
    func total() throws {
        let quota = SeriesQuota()
        var first = RecentSeries(quota: quota)
        var second = RecentSeries(quota: quota)
        let limits = Self.limits(1000, total: 100)
        func at(_ minute: Int64) -> Timestamp { Timestamp(milliseconds: minute * 60_000) }
        try first.admit(Self.table(0..<80), at: at(0), limits: limits)
        try second.admit(Self.table(0..<20), at: at(0), limits: limits)
        #expect(throws: ExpositionError.self) {
            try second.admit(Self.table(0..<21), at: at(1), limits: limits)
        }
        try first.admit(Self.table(0..<10), at: at(2), limits: limits)
        #expect(throws: ExpositionError.self) {
            try second.admit(Self.table(0..<21), at: at(3), limits: limits)
        }
        try first.admit(Self.table(0..<9), at: at(70), limits: limits)
        try second.admit(Self.table(0..<60), at: at(71), limits: limits)
    }

    @Test("over the limit the scrape is up 0, and the series of the page before end")
    func rejected() async throws {
        let results = try await ScrapeHarness.results(of: [
            .text("a 1\nb 2\n"), .text("c 1\nd 2\n"), .text("e 1\nf 2\n"), .text("a 1\nb 2\n"),
        ]) { $0.limits.seriesCount = 4 }
        #expect(results.map { $0.value("up") } == [1, 1, 0, 1])
        let rejected = try #require(results.dropFirst(2).first)
        #expect(rejected.status.limit == .series)
        #expect(rejected.status.message?.contains("6 series, expected at most 4") == true)
        #expect(rejected.value("c")?.isStaleMarker == true)
        #expect(rejected.value("e") == nil)
    }

    @Test(
        "every limit says which it is",
        arguments: [
            ("a 1\nb 2\n", Target.Limits.Kind.samples), ("a{b=\"1\",c=\"2\"} 1\n", .labels),
            ("a{bbbbb=\"1\"} 1\n", .labelNameLength), ("a{b=\"12345\"} 1\n", .labelValueLength),
            ("a 1\n# this page is longer than it may be\n", .bodySize),
        ])
    func kinds(page: String, limit: Target.Limits.Kind) async throws {
        let results = try await ScrapeHarness.results(of: [.text(page), .text("a 1\n")]) {
            $0.limits.sampleCount = 1
            $0.limits.labelCount = 4
            $0.limits.labelNameByteCount = 4
            $0.limits.labelValueByteCount = 4
            $0.limits.bodyByteCount = 30
        }
        #expect(results.first?.status.limit == limit)
        #expect(results.first?.value("up") == 0)
    }
}
