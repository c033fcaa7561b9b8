import Synchronization
import TestSupport
import Testing
import TimeSeries

@testable import Scraping

@Suite("Scraper and signals") struct ScraperSignalTests {
    private static let preset = Preset(
        name: "toy", title: "Toy server", fingerprints: ["toy_"],
        signals: [.requests: [SignalSource(selector: "toy_requests_total")]])

    private static func page(_ count: Int) -> Reply {
        .text("# TYPE toy_requests_total counter\ntoy_requests_total \(count)\n")
    }

    private struct Unreadable: Error {}

    @Test("signals follow the report, under the preset that the page was recognised by")
    func order() async throws {
        let results = try await ScrapeHarness.results(
            of: [Self.page(5), Self.page(8)], presets: [Self.preset])
        let last = try #require(results.last)
        let names = last.batches.map { $0.table.labels.first?.metricName ?? "" }
        #expect(names.prefix(2) == ["toy_requests_total", "up"])
        #expect(names.dropFirst(2).allSatisfy { $0.hasPrefix("mlmon_") })
        let first = try #require(results[0].value("mlmon_requests_total"))
        #expect(last.value("mlmon_requests_total") == first + 3)
        #expect(last.status.preset == "toy")
        #expect(last.status.isPresetRecognised)
    }

    @Test("a page that is unknown at first is recognised when its families come")
    func recognisesLater() async throws {
        let results = try await ScrapeHarness.results(
            of: [.text("process_start_time_seconds 1700000000\n"), Self.page(5)],
            presets: [Self.preset])
        #expect(results[0].status.preset != "toy")
        #expect(results[1].status.preset == "toy")
    }

    @Test("where counting ended is asked once, before the first page is counted")
    func seedsOnce() async throws {
        let asked = Mutex(0)
        let results = try await ScrapeHarness.results(
            of: [.status(503), Self.page(107), Self.page(108)], presets: [Self.preset]
        ) { required in
            asked.withLock { $0 += 1 }
            let output = LabelSet(
                metricName: "mlmon_requests_total", ["service": "digits", "instance": "a:1"])
            return Scraper.Seed(
                raw: Dictionary(uniqueKeysWithValues: required.raw.map { ($0, 100) }),
                outputs: [output: 40])
        }
        #expect(asked.withLock { $0 } == 1)
        #expect(results[0].value("mlmon_requests_total") == nil)
        #expect(results[1].value("mlmon_requests_total") == 47)
        #expect(results[2].value("mlmon_requests_total") == 48)
    }

    @Test("while the store cannot be read no signal is written, the page is")
    func unreadableStore() async throws {
        let asked = Mutex(0)
        let results = try await ScrapeHarness.results(
            of: [Self.page(5), Self.page(8)], presets: [Self.preset]
        ) { _ in
            let count = asked.withLock { asked in
                asked += 1
                return asked
            }
            if count == 1 { throw Unreadable() }
            return Scraper.Seed()
        }
        #expect(results[0].value("toy_requests_total") == 5)
        #expect(results[0].value("mlmon_requests_total") == nil)
        #expect(results[0].status.message?.contains("signals not recorded") == true)
        #expect(results[1].value("mlmon_requests_total") != nil)
    }

    @Test("a failed scrape ends the signals too")
    func failedScrape() async throws {
        let results = try await ScrapeHarness.results(
            of: [Self.page(5), .status(500), .status(500)], presets: [Self.preset])
        #expect(results[0].value("mlmon_requests_total") != nil)
        #expect(results[1].value("mlmon_requests_total")?.isStaleMarker == true)
        #expect(results[2].value("mlmon_requests_total") == nil)
    }
}
