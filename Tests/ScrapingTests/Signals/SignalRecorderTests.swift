import Testing
import TimeSeries

@testable import Scraping

/// A target whose pages are given as text, 10 seconds apart.
final class Scrapes {
    let reader = PageReader(targetLabels: Capture.target)
    let recorder: SignalRecorder
    var at = Page.noon

    init(_ presets: [Preset]) {
        recorder = SignalRecorder(
            targetLabels: Capture.target, presetName: nil, library: PresetLibrary(presets))
    }

    func page(_ text: String, after: Duration = .seconds(10)) throws -> ParsedPage {
        at = at + after
        return try reader.read(body: Array(text.utf8), format: .text, at: at)
    }

    func batches(_ text: String, after: Duration = .seconds(10)) throws -> [SampleBatch] {
        recorder.record(try page(text, after: after))
    }

    /// The signal series after the page; those with stale markers left out.
    func scrape(_ text: String, after: Duration = .seconds(10)) throws -> [String: Double] {
        (try batches(text, after: after).last?.shortSamples ?? [:]).filter {
            !$0.value.isStaleMarker
        }
    }
}

@Suite("signal recorder")
struct SignalRecorderTests {
    static let preset = Preset(
        name: "test", title: "Test", fingerprints: ["req"], modelLabels: ["model"],
        versionLabels: ["version"], absentVersions: ["None"],
        signals: [
            .requests: [SignalSource(selector: "req")],
            .errors: [SignalSource(selector: "req{status=~\"[45]..\"}")],
        ])

    @Test("counts from the first page on, exactly, over labels that are not kept")
    func counting() throws {
        let scrapes = Scrapes([Self.preset])
        let first = try scrapes.scrape(
            "req{status=\"200\",model=\"m\"} 100\nreq{status=\"500\",model=\"m\"} 7\n")
        #expect(
            first == ["mlmon_requests_total{model=\"m\"}": 0, "mlmon_errors_total{model=\"m\"}": 0])
        let second = try scrapes.scrape(
            "req{status=\"200\",model=\"m\"} 150\nreq{status=\"500\",model=\"m\"} 8\n")
        #expect(
            second == [
                "mlmon_requests_total{model=\"m\"}": 51, "mlmon_errors_total{model=\"m\"}": 1,
            ])
    }

    @Test("counts a series that comes later from zero, and lets it begin at the page before")
    func births() throws {
        let scrapes = Scrapes([Self.preset])
        _ = try scrapes.batches("req_info 1\n")
        let begin = scrapes.at
        let batches = try scrapes.batches("req{model=\"m\"} 20\n")
        #expect(batches.count == 2)
        #expect(batches[0].at == begin)
        #expect(
            batches[0].shortSamples == [
                "mlmon_requests_total{model=\"m\"}": 0, "mlmon_errors_total{model=\"m\"}": 0,
            ])
        #expect(batches[1].shortSamples["mlmon_requests_total{model=\"m\"}"] == 20)
        #expect(try scrapes.batches("req{model=\"m\"} 21\n").count == 1)
    }

    @Test("gives the first error of a new status its full count")
    func firstError() throws {
        let scrapes = Scrapes([Self.preset])
        _ = try scrapes.scrape("req{status=\"200\"} 100\n")
        let samples = try scrapes.scrape("req{status=\"200\"} 110\nreq{status=\"503\"} 3\n")
        #expect(samples == ["mlmon_requests_total": 13, "mlmon_errors_total": 3])
    }

    @Test("reads a drop as a restart")
    func drop() throws {
        let scrapes = Scrapes([Self.preset])
        _ = try scrapes.scrape("req 100\n")
        _ = try scrapes.scrape("req 120\n")
        #expect(try scrapes.scrape("req 15\n")["mlmon_requests_total"] == 35)
    }

    @Test("sees a restart by the process' start though the counter is higher")
    func processStart() throws {
        let scrapes = Scrapes([Self.preset])
        _ = try scrapes.scrape("req 100\nprocess_start_time_seconds 1000\n")
        let samples = try scrapes.scrape("req 150\nprocess_start_time_seconds 2000\n")
        #expect(samples["mlmon_requests_total"] == 150)
    }

    @Test("counts a series from zero that comes back after a restart")
    func parkedOverRestart() throws {
        let scrapes = Scrapes([Self.preset])
        _ = try scrapes.scrape("req{a=\"1\"} 10\nprocess_start_time_seconds 1000\n")
        _ = try scrapes.scrape("process_start_time_seconds 2000\n")
        let samples = try scrapes.scrape("req{a=\"1\"} 15\nprocess_start_time_seconds 2000\n")
        #expect(samples["mlmon_requests_total"] == 15)
    }

    @Test("sees a restart by _created though the counter is higher")
    func created() throws {
        let scrapes = Scrapes([Self.preset])
        let page =
            "# TYPE req counter\nreq{a=\"1\"} %\n# TYPE req_created gauge\nreq_created{a=\"1\"} $\n"
        func text(_ value: Int, _ created: Int) -> String {
            page.replacing("%", with: "\(value)").replacing("$", with: "\(created)")
        }
        _ = try scrapes.scrape(text(100, 1000))
        _ = try scrapes.scrape(text(110, 1000))
        #expect(try scrapes.scrape(text(150, 1005))["mlmon_requests_total"] == 160)
    }

    @Test("tells when scrapes meet different processes")
    func severalProcesses() throws {
        let scrapes = Scrapes([Self.preset])
        _ = try scrapes.scrape("req 100\nprocess_start_time_seconds 2000\n")
        _ = try scrapes.scrape("req 150\nprocess_start_time_seconds 1000\n")
        #expect(scrapes.recorder.warnings.count == 1)
        #expect(scrapes.recorder.warnings[0].contains("multi-process"))
        let samples = try scrapes.scrape("req 160\nprocess_start_time_seconds 2000\n")
        #expect(samples["mlmon_requests_total"] == 60)
    }

    @Test("remembers a counter that left the page, for an hour")
    func parking() throws {
        let scrapes = Scrapes([Self.preset])
        _ = try scrapes.scrape("req{a=\"1\"} 10\nreq{a=\"2\"} 10\n")
        _ = try scrapes.scrape("req{a=\"1\"} 10\n")
        #expect(
            try scrapes.scrape("req{a=\"1\"} 10\nreq{a=\"2\"} 15\n")["mlmon_requests_total"] == 5)
        _ = try scrapes.scrape("req{a=\"1\"} 10\n")
        _ = try scrapes.scrape("req{a=\"1\"} 10\nreq{a=\"3\"} 0\n", after: .seconds(3700))
        #expect(
            try scrapes.scrape("req{a=\"1\"} 10\nreq{a=\"2\"} 16\n")["mlmon_requests_total"] == 21)
    }

    @Test("keeps a signal whose sources left the page, then ends it with a stale marker")
    func idleOutputs() throws {
        let scrapes = Scrapes([Self.preset])
        _ = try scrapes.scrape("req{model=\"a\"} 1\nreq{model=\"b\"} 1\n")
        _ = try scrapes.scrape("req{model=\"a\"} 1\nreq{model=\"b\"} 4\n")
        let b = "mlmon_requests_total{model=\"b\"}"
        #expect(try scrapes.scrape("req{model=\"a\"} 2\n")[b] == 3)
        #expect(try scrapes.scrape("req{model=\"a\"} 3\n", after: .seconds(1800))[b] == 3)
        let ended = try #require(
            try scrapes.batches("req{model=\"a\"} 4\n", after: .seconds(1900)).last)
        #expect(ended.shortSamples[b]?.isStaleMarker == true)
        #expect(
            try #require(try scrapes.batches("req{model=\"a\"} 5\n").last).shortSamples[b] == nil)
    }

    @Test("goes on where an earlier run ended")
    func seeding() throws {
        let scrapes = Scrapes([Self.preset])
        let page = try scrapes.page(
            "req{status=\"200\"} 500\nreq{status=\"500\"} 5\nreq{status=\"404\"} 2\n")
        let required = try #require(scrapes.recorder.requiredSeries(for: page))
        #expect(Set(required.raw) == Set(page.batch.table.labels))
        let output = Capture.target.setting("__name__", to: "mlmon_requests_total")
        #expect(required.outputs.allSatisfy { $0.matches(output) })
        #expect(!required.outputs.allSatisfy { $0.matches(output.setting("service", to: "other")) })
        let labels = page.batch.table.labels
        scrapes.recorder.seed(
            raw: [labels[0]: 480, labels[1]: .nan], outputs: [output: 1000])
        let samples = try #require(scrapes.recorder.record(page).last).shortSamples
        #expect(samples == ["mlmon_requests_total": 1022, "mlmon_errors_total": 2])
        #expect(scrapes.recorder.requiredSeries(for: page) == nil)
    }

    @Test("gives the same table on steady pages, and stale markers once for a missed scrape")
    func steadyTable() throws {
        let scrapes = Scrapes([Self.preset])
        let first = try #require(try scrapes.batches("req 1\n").last)
        let second = try #require(try scrapes.batches("req 2\n").last)
        #expect(first.table === second.table)
        let stale = try #require(scrapes.recorder.missed(at: scrapes.at + .seconds(5)))
        #expect(stale.table === first.table && stale.values.map(\.isStaleMarker) == [true, true])
        #expect(scrapes.recorder.missed(at: scrapes.at + .seconds(6)) == nil)
        #expect(try scrapes.scrape("req 5\n")["mlmon_requests_total"] == 4)
    }

    @Test("gives a series without version to the only version, and not where there are two")
    func absentVersions() throws {
        let scrapes = Scrapes([Self.preset])
        let one = "req{model=\"m\",version=\"1\"} 0\nreq{model=\"m\",version=\"None\"} "
        _ = try scrapes.scrape(one + "0\n")
        #expect(
            try scrapes.scrape(one + "5\n")["mlmon_requests_total{model=\"m\",version=\"1\"}"] == 5)
        let two = try scrapes.scrape(one + "7\nreq{model=\"m\",version=\"2\"} 1\n")
        #expect(two["mlmon_requests_total{model=\"m\",version=\"1\"}"] == 5)
        #expect(two["mlmon_requests_total{model=\"m\"}"] == 2)
        #expect(two["mlmon_requests_total{model=\"m\",version=\"2\"}"] == 1)
    }

    @Test("does not take a model for served that only errors speak of")
    func unknownModel() throws {
        var preset = Self.preset
        preset.signals[.inFlight] = [SignalSource(selector: "flying")]
        let samples = try Scrapes([preset]).scrape(
            "req{model=\"m\",status=\"200\"} 1\nreq{model=\"nosuch\",status=\"404\"} 1\nflying 3\n")
        #expect(samples["mlmon_in_flight{model=\"m\"}"] == 3)
    }

    @Test("stops at a bound of series and says so")
    func outputLimit() throws {
        let scrapes = Scrapes([Self.preset])
        let page = (0..<6_000).map { "req{model=\"\($0)\"} 1\n" }.joined()
        let samples = try scrapes.scrape(page)
        #expect(samples.count == SignalPlanner.outputLimit)
        #expect(scrapes.recorder.warnings.contains { $0.contains("5000") })
    }
}
