import Testing
import TimeSeries

@testable import Scraping

@Suite("signal shapes")
struct SignalShapeTests {
    private func preset(_ signals: [Signal: [SignalSource]]) -> Preset {
        Preset(
            name: "test", title: "Test", fingerprints: ["x"], modelLabels: ["model"],
            signals: signals)
    }

    private func histogram(_ labels: String, _ counts: [(String, Int)]) -> String {
        counts.map { "x_us_bucket{\(labels)le=\"\($0.0)\"} \($0.1)\n" }.joined()
            + "x_us_sum{\(labels)} \(counts.last?.1 ?? 0)000\nx_us_count{\(labels)} \(counts.last?.1 ?? 0)\n"
    }

    @Test("turns the bounds and sums of a histogram into seconds, exactly")
    func units() throws {
        let scrapes = Scrapes([
            preset([.latency: [SignalSource(selector: "x_us", scale: 1e-6)]])
        ])
        _ = try scrapes.scrape(histogram("", [("250", 0), ("18", 0), ("+Inf", 0)]))
        let samples = try scrapes.scrape(histogram("", [("250", 3), ("18", 1), ("+Inf", 4)]))
        #expect(
            samples == [
                "mlmon_latency_seconds_bucket{le=\"0.00025\"}": 3,
                "mlmon_latency_seconds_bucket{le=\"1.8e-05\"}": 1,
                "mlmon_latency_seconds_bucket{le=\"+Inf\"}": 4,
                "mlmon_latency_seconds_sum": 0.004, "mlmon_latency_seconds_count": 4,
            ])
    }

    @Test("adds up histograms of equal bounds; of differing ones, at the bounds they share")
    func bounds() throws {
        let source = SignalSource(selector: "x_us", scale: 1)
        let equal = Scrapes([preset([.latency: [source]])])
        func page(_ n: Int, _ bounds: [String]) -> String {
            histogram("p=\"a\",", [("1", n), ("5.0", n), ("+Inf", n)])
                + histogram("p=\"b\",", bounds.map { ($0, n) })
        }
        _ = try equal.scrape(page(0, ["1.0", "5", "+Inf"]))
        let merged = try equal.scrape(page(2, ["1.0", "5", "+Inf"]))
        #expect(merged.filter { $0.key.contains("_bucket") }.count == 3)
        #expect(merged["mlmon_latency_seconds_bucket{le=\"5.0\"}"] == 4)

        let changed = try #require(try equal.batches(page(3, ["1", "7", "+Inf"])).last).shortSamples
        #expect(changed["mlmon_latency_seconds_bucket{le=\"5.0\"}"]?.isStaleMarker == true)
        #expect(changed["mlmon_latency_seconds_bucket{le=\"7.0\"}"] == nil)
        #expect(changed["mlmon_latency_seconds_bucket{le=\"+Inf\"}"] == 6)
    }

    @Test("reads a sum and its count, and takes a part away where the scale is negative")
    func sumAndCount() throws {
        let scrapes = Scrapes([
            preset([
                .latency: [
                    SignalSource(selector: "x_time_us", countSelector: "x_all", scale: 1e-6),
                    SignalSource(selector: "x_none", countSelector: "x_failed", scale: -1),
                ]
            ])
        ])
        _ = try scrapes.scrape("x_time_us 0\nx_all 0\nx_failed 0\n")
        #expect(
            try scrapes.scrape("x_time_us 2500000\nx_all 12\nx_failed 2\n") == [
                "mlmon_latency_seconds_sum": 2.5, "mlmon_latency_seconds_count": 10,
            ])
    }

    @Test("never lets a difference of counters fall")
    func difference() throws {
        let scrapes = Scrapes([
            preset([
                .errors: [
                    SignalSource(selector: "x_begun"), SignalSource(selector: "x_done", scale: -1),
                ]
            ])
        ])
        var errors: [Double?] = []
        for (begun, done) in [(0, 0), (5, 4), (6, 6), (9, 7)] {
            errors.append(
                try scrapes.scrape("x_begun \(begun)\nx_done \(done)\n")["mlmon_errors_total"])
        }
        #expect(errors == [0, 1, 1, 2])
    }

    @Test("adds, averages or takes the least of gauges, and shows no value for NaN")
    func gauges() throws {
        let scrapes = Scrapes([
            preset([
                .inFlight: [SignalSource(selector: "x_flying")],
                .kvCache: [SignalSource(selector: "x_cache", scale: 0.01)],
                .ready: [SignalSource(selector: "x_ready")],
                .latencyQuantiles: [SignalSource(selector: "x_us", scale: 1e-6)],
            ])
        ])
        let page = """
            x_flying{e="0"} 2
            x_flying{e="1"} 3
            x_cache{e="0"} 20
            x_cache{e="1"} 40
            x_ready{e="0"} 1
            x_ready{e="1"} 0
            x_us{quantile="0.5"} 2500
            x_us{quantile="0.99"} Nan

            """
        #expect(
            try scrapes.scrape(page) == [
                "mlmon_in_flight": 5, "mlmon_kv_cache_ratio": 0.30000000000000004, "mlmon_ready": 0,
                "mlmon_latency_quantile_seconds{quantile=\"0.5\"}": 0.0025,
            ])
    }

    @Test("turns counted processor seconds into a ratio")
    func processorTime() throws {
        let scrapes = Scrapes([])
        let page = "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total "
        #expect(try scrapes.scrape(page + "100\n") == [:])
        #expect(try scrapes.scrape(page + "105\n") == ["mlmon_cpu_ratio": 0.5])
        #expect(
            try scrapes.scrape(page + "106\n", after: .seconds(20)) == ["mlmon_cpu_ratio": 0.05])
    }

    @Test("a ratio beside counted processor seconds takes nothing from other signals")
    func processorTimeTwice() throws {
        let scrapes = Scrapes([
            preset([
                .cpu: [
                    SignalSource(selector: "process_cpu_seconds_total"),
                    SignalSource(selector: "x_cpu_ratio"),
                ], .memory: [SignalSource(selector: "x_bytes")],
            ])
        ])
        func page(_ seconds: Int) -> String {
            """
            # TYPE process_cpu_seconds_total counter
            process_cpu_seconds_total \(seconds)
            x_cpu_ratio 0.9
            x_bytes 4096

            """
        }
        _ = try scrapes.scrape(page(100))
        #expect(
            try scrapes.scrape(page(105)) == ["mlmon_cpu_ratio": 0.5, "mlmon_memory_bytes": 4096])
    }

    @Test("keeps the class of predictions")
    func classes() throws {
        let scrapes = Scrapes([
            preset([.predictions: [SignalSource(selector: "x_pred", classLabel: "cls")]])
        ])
        _ = try scrapes.scrape(
            "x_pred{cls=\"7\",w=\"1\"} 0\nx_pred{cls=\"7\",w=\"2\"} 0\nx_pred 9\n")
        let samples = try scrapes.scrape(
            "x_pred{cls=\"7\",w=\"1\"} 1\nx_pred{cls=\"7\",w=\"2\"} 2\nx_pred 9\n")
        #expect(samples == ["mlmon_predictions_total{class=\"7\"}": 3])
    }
}
