/// vLLM 0.32: names with colons, floats, one engine.
func vllmPage(_ service: ServiceState) -> String {
    var page = PageWriter()
    page.process(service)
    for model in service.models {
        guard let tokens = model.tokens else { continue }
        let labels: PageWriter.Labels = [("engine", "0"), ("model_name", model.plan.model)]

        func single(_ name: String, _ type: String, _ help: String, _ value: Double) {
            page.family(name, type, help: help)
            page.sample(name, labels, value)
        }

        single(
            "vllm:num_requests_running", "gauge",
            "Number of requests in model execution batches.", Double(model.inFlight))
        single(
            "vllm:num_requests_waiting", "gauge",
            "Number of requests waiting to be processed.", Double(model.waiting))
        single(
            "vllm:kv_cache_usage_perc", "gauge", "KV-cache usage. 1 means 100 percent usage.",
            tokens.cacheUsage)
        single(
            "vllm:prefix_cache_queries_total", "counter",
            "Prefix cache queries, in terms of number of queried tokens.",
            Double(tokens.promptTokens))
        single(
            "vllm:prefix_cache_hits_total", "counter",
            "Prefix cache hits, in terms of number of cached tokens.",
            Double(tokens.promptTokens / 3))
        single(
            "vllm:num_preemptions_total", "counter",
            "Cumulative number of preemption from the engine.", 0)
        single(
            "vllm:prompt_tokens_total", "counter", "Number of prefill tokens processed.",
            Double(tokens.promptTokens))
        single(
            "vllm:generation_tokens_total", "counter", "Number of generation tokens processed.",
            Double(tokens.generatedTokens))
        requestCounts(of: model, in: &page)
        histograms(of: model, tokens, labels, in: &page)
    }
    return page.text
}

private func requestCounts(of model: ModelTraffic, in page: inout PageWriter) {
    page.family(
        "vllm:request_success_total", "counter", help: "Count of successfully processed requests.")
    let cut = model.succeeded / 5
    for (reason, count) in [
        ("stop", model.succeeded - cut), ("length", cut), ("abort", 0), ("error", model.failed),
    ] {
        page.sample(
            "vllm:request_success_total",
            [("engine", "0"), ("finished_reason", reason), ("model_name", model.plan.model)],
            Double(count))
    }
    page.family(
        "http_requests_total", "counter",
        help: "Total number of requests by method, status and handler.")
    for (status, count) in [("2xx", model.succeeded), ("5xx", model.failed)] {
        page.sample(
            "http_requests_total",
            [("handler", "/v1/chat/completions"), ("method", "POST"), ("status", status)],
            Double(count))
    }
}

private func histograms(
    of model: ModelTraffic, _ tokens: TokenTraffic, _ labels: PageWriter.Labels,
    in page: inout PageWriter
) {
    for (name, help, histogram) in [
        (
            "vllm:request_prompt_tokens", "Number of prefill tokens processed.",
            tokens.promptSizes
        ),
        (
            "vllm:request_generation_tokens", "Number of generation tokens processed.",
            tokens.generatedSizes
        ),
        (
            "vllm:time_to_first_token_seconds", "Histogram of time to first token in seconds.",
            tokens.timeToFirstToken
        ),
        (
            "vllm:inter_token_latency_seconds", "Histogram of inter-token latency in seconds.",
            tokens.interTokenLatency
        ),
        (
            "vllm:e2e_request_latency_seconds",
            "Histogram of e2e request latency in seconds.", model.successLatency
        ),
        (
            "vllm:request_queue_time_seconds",
            "Histogram of time spent in WAITING phase for request.", tokens.queueTime
        ),
    ] {
        page.family(name, "histogram", help: help)
        page.histogram(name, labels, histogram)
    }
}
