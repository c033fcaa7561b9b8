import HTTP
import TestSupport
import Testing
import TimeSeries

@testable import Scraping

@Suite("Scraper") struct ScraperTests {
    private static let page = "# TYPE requests_total counter\nrequests_total 7\nload 0.5\n"

    @Test("a good page is handed over with the report series, all at the slot's time")
    func goodPage() async throws {
        let results = try await ScrapeHarness.results(of: [.text(Self.page)])
        let result = try #require(results.first)
        #expect(result.value("requests_total") == 7)
        #expect(result.value("load") == 0.5)
        #expect(result.value("up") == 1)
        #expect(result.value("scrape_samples_scraped") == 2)
        #expect(result.value("scrape_samples_post_metric_relabeling") == 2)
        #expect(result.value("scrape_series_added") == 2)
        #expect(result.value("scrape_body_size_bytes") == Double(Self.page.utf8.count))
        let duration = try #require(result.value("scrape_duration_seconds"))
        #expect(duration > 0 && duration < 10)
        #expect(result.batches.allSatisfy { $0.at == result.at })
        let offset = ScrapeSchedule.offset(of: result.target).milliseconds
        #expect(result.at.milliseconds % 15_000 == offset)
    }

    @Test("the status tells what the Sources page shows, without secrets")
    func status() async throws {
        let results = try await ScrapeHarness.results(of: [.text(Self.page)]) { target in
            target.url = target.url.replacing("http://", with: "http://u:p@") + "?token=secret"
        }
        let status = try #require(results.first?.status)
        #expect(status.isUp)
        #expect(status.service == "digits" && status.instance == "a:1")
        #expect(status.url.hasPrefix("http://127.0.0.1:") && status.url.hasSuffix("/metrics"))
        #expect(status.interval == .seconds(15))
        #expect(status.sampleCount == 2)
        #expect(status.message == nil)
        #expect(status.isPresetRecognised)
    }

    @Test("the request says what is accepted, who asks and how long it waits")
    func requestHeaders() async throws {
        let server = try TestServer { _ in .text("x 1\n") }
        var target = Target(service: "s", url: server.url(), instance: "i")
        target.timeout = .seconds(60)
        target.interval = .milliseconds(2500)
        target.headers = [("x-tenant", "t"), ("user-agent", "me")]
        target.credentials = .bearer(token: "b")
        let harness = try ScrapeHarness(startingAt: ScrapeHarness.justAfterSlot(of: target))
        _ = try await harness.running(harness.scraper([target])) { await harness.next() }
        let request = try #require(server.requests.first)
        #expect(request.header("accept") == Target.acceptedFormats)
        #expect(request.header("accept-encoding") == "gzip")
        #expect(request.header("x-prometheus-scrape-timeout-seconds") == "2.5")
        #expect(request.header("x-tenant") == "t")
        #expect(request.header("authorization") == "Bearer b")
        #expect(request.headers.filter { $0.name == "user-agent" }.map(\.value) == ["me"])
    }

    @Test("mlmon names itself and its version")
    func userAgent() {
        let target = Target(service: "s", url: "http://h/", instance: "i")
        let request = target.scrapeRequest(version: "1.2.3")
        #expect(request.headers.contains { $0.name == "User-Agent" && $0.value == "mlmon/1.2.3" })
        #expect(request.timeout == .seconds(10))
    }

    @Test(
        "the Content-Type picks the reader",
        arguments: [
            ("text/plain; version=0.0.4", "x_total 1\n"),
            ("text/plain; version=1.0.0; charset=utf-8; charset=utf-8", "x_total 1\n"),
            ("text/plain", "x_total 1"),
            ("application/openmetrics-text; version=1.0.0", "# TYPE x counter\nx_total 1\n# EOF\n"),
        ])
    func contentTypes(type: String, body: String) async throws {
        let results = try await ScrapeHarness.results(of: [.text(body, type: type)])
        let result = try #require(results.first)
        #expect(result.value("up") == 1, "\(result.status.message ?? "")")
        #expect(result.value("x_total") == 1)
    }

    @Test("an OpenMetrics page without its end is refused")
    func truncatedOpenMetrics() async throws {
        let results = try await ScrapeHarness.results(of: [
            .text("# TYPE x counter\nx_total 1\n", type: "application/openmetrics-text")
        ])
        #expect(results.first?.value("up") == 0)
    }

    @Test("a page without Content-Type is text, with a remark")
    func missingContentType() async throws {
        let results = try await ScrapeHarness.results(of: [.text("x 1\n", type: nil)])
        #expect(results.first?.value("x") == 1)
        #expect(results.first?.status.isUp == true)
        #expect(results.first?.status.message?.contains("no Content-Type") == true)
    }

    @Test("gzip pages are unpacked, and their size is the unpacked one")
    func gzip() async throws {
        let results = try await ScrapeHarness.results(of: [.text(Self.page).gzipped()])
        #expect(results.first?.value("requests_total") == 7)
        #expect(
            results.first?.value("scrape_body_size_bytes") == Double(Self.page.utf8.count))
    }

    @Test("a series that vanished gets a stale marker once, after the page and before the report")
    func vanished() async throws {
        let results = try await ScrapeHarness.results(of: [
            .text("a 1\nb 2\n"), .text("a 3\n"), .text("a 4\n"),
        ])
        #expect(results[0].value("b") == 2)
        #expect(results[1].value("b")?.isStaleMarker == true)
        #expect(results[2].value("b") == nil)
        #expect(results[1].value("scrape_series_added") == 0)
        let names = results[1].batches.map { $0.table.labels.first?.metricName }
        #expect(names.prefix(3) == ["a", "b", "up"])
    }

    @Test("a failed scrape ends every series of the target once, and they come back")
    func failedScrape() async throws {
        let results = try await ScrapeHarness.results(of: [
            .text("a 1\nb 2\n"), .status(500), .status(500), .text("a 3\nb 4\n"),
        ])
        #expect(results[1].value("a")?.isStaleMarker == true)
        #expect(results[1].value("b")?.isStaleMarker == true)
        #expect(results[1].value("up") == 0)
        #expect(results[1].value("scrape_body_size_bytes") == 0)
        #expect(results[2].value("a") == nil)
        #expect(results[2].value("up") == 0)
        #expect(results[3].value("a") == 3)
        #expect(results[3].value("up") == 1)
        #expect(results.map(\.status.isUp) == [true, false, false, true])
    }

    @Test("a series that mlmon writes itself is kept apart from the page's own")
    func reservedNames() async throws {
        let page = "up 5\nmlmon_requests_total 9\nscrape_duration_seconds 3\nload 1\n"
        let results = try await ScrapeHarness.results(of: [.text(page), .status(500)])
        #expect(results[0].value("up") == 1)
        #expect(results[0].value("exported_up") == 5)
        #expect(results[0].value("exported_mlmon_requests_total") == 9)
        #expect(results[0].value("exported_scrape_duration_seconds") == 3)
        #expect(results[0].value("load") == 1)
        #expect(results[1].value("exported_up")?.isStaleMarker == true)
        #expect(results[1].value("up") == 0)
    }

    @Test(
        "no two samples of one scrape are of one series",
        arguments: [
            "up 1\nexported_up 2\nexported_up{service=\"x\"} 3\n", "ALERTS 1\nexported_ALERTS 1\n",
        ])
    func noDuplicates(page: String) async throws {
        let results = try await ScrapeHarness.results(of: [.text(page), .text(page)])
        for result in results {
            let labels = result.batches.flatMap(\.table.labels)
            #expect(Set(labels).count == labels.count)
        }
    }

    @Test("a steady page brings the same table each time")
    func steadyTable() async throws {
        let results = try await ScrapeHarness.results(of: [
            .text("a 1\nb 2\n"), .text("a 3\nb 4\n"),
        ])
        #expect(results[0].batches[0].table === results[1].batches[0].table)
    }

    @Test("over a limit the whole page is refused", arguments: ["samples", "labels", "bytes"])
    func limits(which: String) async throws {
        let page = "a{x=\"1\",y=\"2\"} 1\nb 2\nc 3\n"
        let results = try await ScrapeHarness.results(of: [.text(page)]) { target in
            switch which {
            case "samples": target.limits.sampleCount = 2
            case "labels": target.limits.labelCount = 3
            default: target.limits.bodyByteCount = 10
            }
        }
        let result = try #require(results.first)
        #expect(result.value("up") == 0)
        #expect(result.value("b") == nil)
        #expect(result.status.message != nil)
        #expect(result.value("scrape_body_size_bytes") == (which == "bytes" ? -1 : 0))
    }
}
