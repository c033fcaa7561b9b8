import TestSupport
import Testing
import TimeSeries

@testable import Scraping

@Suite("page reader")
struct PageReaderTests {
    let reader = PageReader(targetLabels: ["service": "s"])

    private func read(
        _ text: String, _ format: ExpositionFormat = .text, at: Int64 = 0,
        limits: Target.Limits = .init()
    ) throws(ExpositionError) -> ParsedPage {
        try reader.read(
            body: Array(text.utf8), format: format, at: Page.noon + .milliseconds(at),
            limits: limits)
    }

    @Test("gives the same table for a page that differs in numbers only")
    func steady() throws {
        let first = try read("# TYPE a counter\na{x=\"1\"} 1\na{x=\"2\"} 2.5\n\n# end\n")
        let second = try read("# TYPE a counter\na{x=\"1\"} 10\na{x=\"2\"} 1e3\n\n# end\n")
        #expect(second.batch.table === first.batch.table)
        #expect(second.catalog === first.catalog)
        #expect(second.batch.values == [10, 1000])
        #expect(second.vanished == nil && second.addedCount == 0 && first.addedCount == 2)
    }

    @Test("reads changed values, exemplars and timestamps of a steady page")
    func steadyTails() throws {
        let first = try read(
            "a_total 1 # {t=\"1\"} 0.5\nb 2 1700000000\n# EOF\n", .openMetrics)
        let second = try read(
            "a_total 2 # {t=\"22\"} 0.25 1700000000\nb 3 1700000001\n# EOF\n", .openMetrics, at: 5)
        #expect(second.batch.table === first.batch.table)
        #expect(second.catalog === first.catalog)
        #expect(second.batch.values == [2, 3])
        #expect(second.batch.timestamps == [Page.noon.milliseconds + 5, 1_700_000_001_000])
    }

    @Test("refuses a steady page with a fault in a number or behind it, at its place")
    func steadyFaults() throws {
        _ = try read("a 1\nb 2\n")
        for (page, column) in [("a 1\nb x\n", 3), ("a 1\nb 2x\n", 3), ("a 1\nb 2 3 4\n", 7)] {
            let error = #expect(throws: ExpositionError.self) { try read(page) }
            #expect(error?.line == 2 && error?.column == column, "\(page)")
        }
    }

    @Test("reads new, vanished and moved lines, and marks what vanished")
    func changes() throws {
        _ = try read("a 1\nb 2\nc 3\nd 4\n")
        let page = try read("c 30\nnew 5\na 10\nd 40\n", at: 1)
        #expect(
            page.samples == [
                "a{service=\"s\"}": 10, "c{service=\"s\"}": 30, "d{service=\"s\"}": 40,
                "new{service=\"s\"}": 5,
            ])
        #expect(page.addedCount == 1)
        let vanished = try #require(page.vanished)
        #expect(vanished.table.labels.map(\.description) == ["b{service=\"s\"}"])
        #expect(vanished.values.map(\.isStaleMarker) == [true])
        #expect(vanished.at == Page.noon + .milliseconds(1))
    }

    @Test("reads labels behind a blank where a bare name stood before")
    func labelsInsteadOfValue() throws {
        _ = try read("a 1\n")
        #expect(try read("a {x=\"1\"} 1\n").samples == ["a{service=\"s\",x=\"1\"}": 1])
    }

    @Test("keeps the table when only comments change")
    func comments() throws {
        let first = try read("# HELP a one\na 1\n")
        let second = try read("# HELP a two\na 1\n")
        #expect(second.batch.table === first.batch.table)
        #expect(second.families["a"]?.help == "two")
    }

    @Test("agrees with a fresh reader on pages that change at random", arguments: 0..<40)
    func agreement(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        let lines = (0..<30).map { "m\($0 % 7){k=\"\($0)\"} " }
        for _ in 0..<20 {
            let page = lines.filter { _ in Bool.random(using: &generator) }
                .shuffled(using: &generator, when: seed.isMultiple(of: 2))
                .map { $0 + String(Double.random(in: -5...5, using: &generator)) + "\n" }.joined()
            let fresh = try Page.samples(page, target: ["service": "s"])
            #expect(try read(page).samples == fresh)
        }
    }

    @Test("gives stale markers once for a missed scrape, and the same table afterwards")
    func missed() throws {
        #expect(reader.missed(at: Page.noon) == nil)
        let first = try read("a 1\n")
        let stale = try #require(reader.missed(at: Page.noon + .seconds(1)))
        #expect(stale.table === first.batch.table && stale.values[0].isStaleMarker)
        #expect(reader.missed(at: Page.noon + .seconds(2)) == nil)
        let next = try read("a 2\n", at: 3000)
        #expect(next.batch.table === first.batch.table && next.addedCount == 1)
    }

    @Test("does not mark what was marked by a missed scrape before")
    func missedThenChanged() throws {
        _ = try read("a 1\nb 1\n")
        _ = reader.missed(at: Page.noon)
        #expect(try read("a 1\n").vanished == nil)
    }

    @Test("gives no stale marker to series with times of their own")
    func timestampedSeries() throws {
        _ = try read("a 1 1700000000000\nb 2\n")
        #expect(
            try #require(reader.missed(at: Page.noon)).table.labels.map(\.metricName) == ["b"])
    }

    @Test("stores a series whose time could not be believed, once it has none")
    func timeThatVanishes() throws {
        #expect(try read("a 1 -5\nb 2\n").samples.count == 1)
        #expect(try read("a 1\nb 2\n").samples.count == 2)
        #expect(try read("a 1\nb 2\n").samples.count == 2)
    }

    @Test("can refuse a page and read the next as if it had not been")
    func afterRefusal() throws {
        let first = try read("a 1\nb 2\n")
        #expect(throws: ExpositionError.self) { try read("a 1\nb two\n") }
        #expect(try read("a 3\nb 4\n").batch.table === first.batch.table)
    }

    @Test("refuses a page over a limit and names it")
    func limits() throws {
        let cases: [(String, String, (inout Target.Limits) -> Void)] = [
            ("a 1\nb 2\nc 3\n", "at most 2 samples", { $0.sampleCount = 2 }),
            ("a{x=\"1\",y=\"2\"} 1\n", "at most 2 labels", { $0.labelCount = 2 }),
            ("a{abcdef=\"1\"} 1\n", "label name of at most 5 bytes", { $0.labelNameByteCount = 5 }),
            ("abcdef 1\n", "metric name of at most 5 bytes", { $0.labelNameByteCount = 5 }),
            (
                "a{b=\"123456\"} 1\n", "label value of at most 5 bytes",
                { $0.labelValueByteCount = 5 }
            ),
            ("a 1\n", "at most 3 bytes", { $0.bodyByteCount = 3 }),
        ]
        for (page, message, change) in cases {
            var limits = Target.Limits()
            change(&limits)
            let error = try #require(Page.error(page, limits: limits), "\(page)")
            #expect(error.description.contains(message), "\(error)")
            #expect(error.description.contains("limit"), "\(error)")
        }
    }
}

extension Array {
    fileprivate func shuffled(using generator: inout SplitMix64, when wanted: Bool) -> [Element] {
        wanted ? shuffled(using: &generator) : self
    }
}
