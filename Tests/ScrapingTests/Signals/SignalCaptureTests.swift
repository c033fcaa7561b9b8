import Testing
import TimeSeries

@testable import Scraping

/// What real servers showed before and after a counted load; the numbers sent are those of the
/// load generator.
@Suite("signals of captured servers")
struct SignalCaptureTests {
    @Test("Triton: requests and predictions by version, latency in seconds")
    func triton() throws {
        let preset = Preset(
            name: "triton", title: "Triton", fingerprints: ["nv_inference_"],
            modelLabels: ["model"], versionLabels: ["version"],
            signals: [
                .requests: [
                    SignalSource(selector: "nv_inference_request_success"),
                    SignalSource(selector: "nv_inference_request_failure"),
                ],
                .errors: [SignalSource(selector: "nv_inference_request_failure")],
                .latency: [
                    SignalSource(
                        selector: "nv_inference_request_duration_us",
                        countSelector: "nv_inference_request_success", scale: 1e-6)
                ],
            ])
        let grown = try Capture.increases("triton", presets: [preset])
        #expect(grown["mlmon_requests_total{model=\"digits\",version=\"3\"}"] == Double(350 + 25))
        #expect(grown["mlmon_requests_total{model=\"digits\",version=\"1\"}"] == 150)
        #expect(grown["mlmon_errors_total{model=\"digits\",version=\"3\"}"] == 0)
        #expect(grown["mlmon_latency_seconds_count{model=\"digits\",version=\"1\"}"] == 150)
        #expect(grown["mlmon_latency_seconds_sum{model=\"digits\",version=\"1\"}"] == 0.450603)
        #expect(sum(grown, "mlmon_predictions_total", "version=\"3\"") == 350)
        #expect(sum(grown, "mlmon_predictions_total", "version=\"1\"") == 600)
    }

    @Test("TorchServe: errors of the server go to its only model, latency to successes only")
    func torchServe() throws {
        let preset = Preset(
            name: "torchserve", title: "TorchServe", fingerprints: ["ts_inference_|Requests2XX"],
            modelLabels: ["model_name"], versionLabels: ["model_version"],
            absentVersions: ["default"],
            signals: [
                .requests: [SignalSource(selector: "ts_inference_requests_total")],
                .errors: [SignalSource(selector: "Requests5XX")],
                .latency: [
                    SignalSource(
                        selector: "ts_inference_latency_microseconds",
                        countSelector: "ts_inference_requests_total", scale: 1e-6),
                    SignalSource(
                        selector: "Requests5XX{Level=\"none\"}", countSelector: "Requests5XX",
                        scale: -1),
                ],
            ])
        let grown = try Capture.increases("torchserve", presets: [preset])
        #expect(grown["mlmon_requests_total{model=\"digits\"}"] == Double(500 + 50 + 25))
        #expect(grown["mlmon_errors_total{model=\"digits\"}"] == Double(50 + 25))
        #expect(grown["mlmon_latency_seconds_count{model=\"digits\"}"] == 500)
    }

    @Test("MLServer: the version None is the model's only version")
    func mlServer() throws {
        let preset = Preset(
            name: "mlserver", title: "MLServer", fingerprints: ["model_infer_request_"],
            modelLabels: ["model"], versionLabels: ["version"], absentVersions: ["None"],
            signals: [
                .requests: [
                    SignalSource(selector: "model_infer_request_success_total"),
                    SignalSource(selector: "model_infer_request_failure_total"),
                ],
                .errors: [SignalSource(selector: "model_infer_request_failure_total")],
                .latency: [
                    SignalSource(
                        selector: "rest_server_request_duration_seconds{path=~\".*/infer\"}")
                ],
                .computeTime: [SignalSource(selector: "model_infer_request_duration")],
            ])
        let grown = try Capture.increases("mlserver", presets: [preset])
        #expect(
            grown["mlmon_requests_total{model=\"digits\",version=\"v1.3.0\"}"] == Double(400 + 50))
        #expect(grown["mlmon_requests_total{model=\"iris\"}"] == 100)
        #expect(grown["mlmon_errors_total{model=\"digits\",version=\"v1.3.0\"}"] == 50)
        #expect(grown["mlmon_errors_total{model=\"iris\"}"] == 0)
        #expect(sum(grown, "mlmon_requests_total") == Double(600 - 25))
        #expect(sum(grown, "mlmon_errors_total") == Double(50 + 25))
        #expect(grown["mlmon_latency_seconds_count"] == 600)
        #expect(grown["mlmon_latency_seconds_bucket{le=\"+Inf\"}"] == 600)
        #expect(grown["mlmon_compute_seconds_count{model=\"iris\"}"] == 100)
    }

    @Test("vLLM: refused requests count although only the HTTP layer saw them")
    func vLLM() throws {
        let refused = "http_requests_total{handler=~\"/v1/.*\",method=\"POST\",status=\"4xx\"}"
        let preset = Preset(
            name: "vllm", title: "vLLM", fingerprints: ["vllm:"], modelLabels: ["model_name"],
            signals: [
                .requests: [
                    SignalSource(selector: "vllm:request_success_total"),
                    SignalSource(selector: refused),
                ],
                .errors: [
                    SignalSource(
                        selector: "vllm:request_success_total{finished_reason=~\"error|abort\"}"),
                    SignalSource(selector: refused),
                ],
                .latency: [SignalSource(selector: "vllm:e2e_request_latency_seconds")],
                .interTokenLatency: [SignalSource(selector: "vllm:inter_token_latency_seconds")],
                .generationTokens: [SignalSource(selector: "vllm:generation_tokens_total")],
            ])
        let grown = try Capture.increases("vllm", presets: [preset])
        #expect(grown["mlmon_requests_total{model=\"tiny-llama\"}"] == 152)
        #expect(grown["mlmon_errors_total{model=\"tiny-llama\"}"] == 18)
        #expect(grown["mlmon_latency_seconds_count{model=\"tiny-llama\"}"] == 134)
        #expect(grown["mlmon_inter_token_latency_seconds_count{model=\"tiny-llama\"}"] == 1975)
        #expect(grown["mlmon_generation_tokens_total{model=\"tiny-llama\"}"] == 2109)
    }

    @Test("a Flask service with prometheus-client, guessed without a preset")
    func flask() throws {
        let grown = try Capture.increases("flask-prometheus-client")
        let model = "{model=\"digits\",version=\"1\"}"
        #expect(grown["mlmon_requests_total" + model] == Double(500 + 50 + 25))
        #expect(grown["mlmon_errors_total" + model] == Double(50 + 25))
        #expect(grown["mlmon_latency_seconds_count" + model] == 575)
        #expect(grown["mlmon_prediction_score_count" + model] == 500)
        let classes = [65, 31, 45, 56, 40, 53, 52, 47, 37, 74]
        for (digit, count) in classes.enumerated() {
            let name = "mlmon_predictions_total{class=\"\(digit)\",model=\"digits\",version=\"1\"}"
            #expect(grown[name] == Double(count))
        }
        #expect(grown["mlmon_in_flight" + model] == 0)
    }

    static let guessed: [(String, Double, Double?, String)] = [
        ("flask-prometheus-exporter", 600, 100, ""),
        ("fastapi-instrumentator", 600, 100, ""),
        ("fastapi-starlette-exporter", 575, 75, ""),
        ("fastapi-prometheus-client", 500, nil, "{model=\"digits\",version=\"2.1\"}"),
        ("kserve-sdk", 550, nil, "{model=\"digits\"}"),
        ("litserve", 500, nil, "{model=\"predict_time\"}"),
        ("bentoml", 598, 98, "{model=\"digits\",version=\"1\"}"),
    ]

    @Test("web services and BentoML, guessed without a preset", arguments: guessed)
    func guesses(server: String, requests: Double, errors: Double?, model: String) throws {
        let grown = try Capture.increases(server)
        #expect(grown["mlmon_requests_total" + model] == requests)
        #expect(grown["mlmon_errors_total" + model] == errors)
    }

    @Test("milliseconds in a name become seconds")
    func milliseconds() throws {
        let grown = try Capture.increases("fastapi-prometheus-client")
        let sum = try #require(grown["mlmon_latency_seconds_sum{model=\"digits\",version=\"2.1\"}"])
        #expect((sum - 0.103_113).magnitude < 1e-6)
    }

    private func sum(_ samples: [String: Double], _ name: String, _ label: String = "") -> Double {
        samples.reduce(0) {
            let isMeant = $1.key.hasPrefix(name + "{") && (label.isEmpty || $1.key.contains(label))
            return $0 + (isMeant ? $1.value : 0)
        }
    }
}
