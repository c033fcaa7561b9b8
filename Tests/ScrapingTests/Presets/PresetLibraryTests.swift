import Testing
import TimeSeries

@testable import Scraping

@Suite("presets")
struct PresetLibraryTests {
    private func preset(_ name: String, _ fingerprints: [String], _ priority: Int = 0) -> Preset {
        Preset(name: name, title: name, fingerprints: fingerprints, priority: priority)
    }

    @Test("are recognised when every fingerprint is there, one of its alternatives each")
    func fingerprints() {
        let library = PresetLibrary([
            preset("nim", ["time_to_first_token_seconds", "num_request_max"]),
            preset("torchserve", ["ts_inference_|Requests2XX"]), preset("none", []),
        ])
        #expect(library.recognise(metricNames: ["time_to_first_token_seconds_sum"]) == nil)
        #expect(
            library.recognise(metricNames: ["num_request_max", "time_to_first_token_seconds_sum"])?
                .name == "nim")
        #expect(library.recognise(metricNames: ["Requests2XX"])?.name == "torchserve")
        #expect(
            library.recognise(metricNames: ["ts_inference_requests_total"])?.name == "torchserve")
        #expect(library.recognise(metricNames: ["my_ts_inference_"]) == nil)
    }

    @Test("of the highest priority win, and a user's replaces a shipped one of its name")
    func priority() {
        let library = PresetLibrary([
            preset("triton", ["nv_"], 200), preset("vllm", ["vllm:"], 190),
            preset("vllm", ["llm:"], 300),
        ])
        #expect(library.presets.map(\.name) == ["vllm", "triton"])
        #expect(library.recognise(metricNames: ["nv_x", "vllm:y"])?.name == "triton")
        #expect(library.recognise(metricNames: ["nv_x", "llm:y"])?.name == "vllm")
        #expect(library.preset(named: "vllm")?.fingerprints == ["llm:"])
    }

    @Test("are recognised by families that have no samples yet, and kept when those are gone")
    func emptyFamilies() throws {
        let library = PresetLibrary([preset("torchserve", ["ts_inference_"])])
        let page = try Page.read("# TYPE ts_inference_requests_total counter\n")
        let recognised = library.preset(for: page, named: nil)
        #expect(recognised.name == "torchserve")
        let other = try Page.read("up 1\n")
        #expect(library.preset(for: other, named: nil).name == PresetGuess.name)
        #expect(library.preset(for: other, named: nil, after: recognised).name == "torchserve")
        #expect(library.preset(for: other, named: "torchserve").name == "torchserve")
    }
}

@Suite("guessed presets")
struct PresetGuessTests {
    private func guess(_ page: String) throws -> Preset {
        let guess = PresetGuess(PageIndex(try Page.read(page)))
        return guess.completing(guess.preset)
    }

    private func histogram(_ name: String, _ bounds: [String], help: String = "") -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) histogram\n"
            + bounds.map { "\(name)_bucket{le=\"\($0)\"} 1\n" }.joined()
            + "\(name)_sum 1\n\(name)_count 1\n"
    }

    @Test("prefer counters with a status, and read errors from it")
    func requests() throws {
        let preset = try guess(
            """
            # TYPE http_requests_total counter
            http_requests_total 1
            # TYPE api_requests_total counter
            api_requests_total{code="200",path="/predict"} 1
            api_requests_total{code="500",path="/predict"} 1
            # TYPE request_errors_total counter
            request_errors_total 1
            # TYPE request_bytes_total counter
            request_bytes_total 1

            """)
        let requests = try #require(preset.signals[.requests]?.first?.selector)
        #expect(requests.hasPrefix("{__name__=\"api_requests_total\",path!~"))
        let errors = try #require(preset.signals[.errors]?.first)
        let matcher = try #require(SourceMatcher(errors))
        let cases = [
            ("200", "/predict", false), ("500", "/predict", true), ("4xx", "/predict", true),
            ("OK", "/predict", false), ("500", "/healthz", false), ("500", "/metrics", false),
            ("302", "/", false),
        ]
        for (code, path, isError) in cases {
            let labels: LabelSet = ["__name__": "api_requests_total", "code": code, "path": path]
            #expect(matcher.matchesLabels(labels) == isError, "\(labels)")
        }
    }

    @Test("read errors from a counter of errors where there is no status")
    func errorCounter() throws {
        let preset = try guess(
            "# TYPE predict_requests counter\npredict_requests 1\n# TYPE predict_exceptions counter\npredict_exceptions 1\n"
        )
        #expect(preset.signals[.requests]?.first?.selector == "{__name__=\"predict_requests\"}")
        #expect(preset.signals[.errors]?.first?.selector == "{__name__=\"predict_exceptions\"}")
    }

    static let units: [(String, String, [String], Double)] = [
        ("latency_seconds", "", ["500"], 1), ("predict_latency_ms", "", ["0.1"], 1e-3),
        ("latency_us", "", ["1"], 1e-6), ("request_duration_milliseconds", "", ["1"], 1e-3),
        ("request_latency", "Time in milliseconds", ["1"], 1e-3),
        ("request_latency", "with unit: ms", ["1"], 1e-3),
        ("request_latency", "", ["10"], 1), ("request_latency", "", ["5000"], 1e-3),
    ]

    @Test("find the unit in the name, the help, or the bounds", arguments: units)
    func unit(name: String, help: String, bounds: [String], scale: Double) throws {
        let preset = try guess(histogram(name, bounds + ["+Inf"], help: help))
        #expect(preset.signals[.latency]?.first?.scale == scale)
        #expect(preset.signals[.requests]?.first?.selector == "{__name__=\"\(name)_count\"}")
    }

    @Test("do not take loading, waiting or sizes for latency")
    func notLatency() throws {
        let page = [
            "model_load_seconds", "queue_wait_seconds", "request_size_bytes", "gc_duration_seconds",
        ]
        .map { histogram($0, ["1", "+Inf"]) }.joined()
        let preset = try guess(page)
        #expect(preset.signals[.latency] == nil)
        #expect(preset.signals[.queueTime]?.first?.selector == "{__name__=\"queue_wait_seconds\"}")
    }

    @Test("find classes and scores, and leave scores beyond 0…1 alone")
    func predictions() throws {
        let preset = try guess(
            "# TYPE my_predictions_total counter\nmy_predictions_total{predicted_class=\"cat\"} 1\n"
                + histogram("reward_score", ["10", "+Inf"])
                + histogram("confidence", ["0.5", "1.0", "+Inf"]))
        #expect(
            preset.signals[.predictions] == [
                SignalSource(
                    selector: "{__name__=\"my_predictions_total\"}", classLabel: "predicted_class")
            ])
        #expect(preset.signals[.predictionScore]?.first?.selector == "{__name__=\"confidence\"}")
    }

    @Test("do not take a label of too many values for a class")
    func manyClasses() throws {
        let page =
            "# TYPE predictions_total counter\n"
            + (0..<300).map { "predictions_total{label=\"\($0)\"} 1\n" }.joined()
        #expect(try guess(page).signals[.predictions] == nil)
    }

    @Test("complete any preset with the process and the model's own predictions")
    func completing() throws {
        let page = try Page.read(
            """
            # TYPE process_cpu_seconds_total counter
            process_cpu_seconds_total 1
            # TYPE process_resident_memory_bytes gauge
            process_resident_memory_bytes 1
            # TYPE digits_pred_total counter
            digits_pred_total{class="1",model_version="5"} 1

            """)
        let own = Preset(
            name: "own", title: "Own", signals: [.memory: [SignalSource(selector: "mem")]])
        let preset = PresetLibrary([own]).preset(for: page, named: "own")
        #expect(preset.signals[.memory]?.first?.selector == "mem")
        #expect(preset.signals[.cpu]?.first?.selector == "process_cpu_seconds_total")
        #expect(preset.signals[.predictions]?.first?.classLabel == "class")
        #expect(preset.versionLabels.contains("model_version"))
    }

    @Test("quote names that are no plain identifiers")
    func quoting() throws {
        let preset = try guess("# TYPE \"my.\\\"requests\" counter\n{\"my.\\\"requests\"} 1\n")
        let source = try #require(preset.signals[.requests]?.first)
        #expect(try #require(SourceMatcher(source)).matchesName("my.\"requests"))
    }
}
