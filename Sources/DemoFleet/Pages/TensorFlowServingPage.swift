/// TensorFlow Serving 2.20: names that begin with a colon, no HELP, microseconds, successes only in
/// the latency, whole numbers.
func tensorFlowServingPage(_ service: ServiceState) -> String {
    var page = PageWriter()
    page.family(":tensorflow:serving:request_count", "counter")
    for model in service.models {
        for (status, count) in [("OK", model.succeeded), ("INTERNAL", model.failed)] {
            page.sample(
                ":tensorflow:serving:request_count",
                [("model_name", model.plan.model), ("status", status)], whole: count)
        }
    }
    page.family(":tensorflow:serving:request_latency", "histogram")
    for model in service.models {
        latency(of: model, in: &page)
    }
    page.family(":tensorflow:serving:request_example_count_total", "counter")
    for model in service.models {
        page.sample(
            ":tensorflow:serving:request_example_count_total", [("model", model.plan.model)],
            whole: model.succeeded)
    }
    return page.text
}

private func latency(of model: ModelTraffic, in page: inout PageWriter) {
    let name = ":tensorflow:serving:request_latency"
    let labels: PageWriter.Labels = [
        ("model_name", model.plan.model), ("API", "predict"), ("entrypoint", "REST"),
    ]
    let bounds = model.successLatency.bounds.map { "\(($0 * 1e8).rounded() / 100)" } + ["+Inf"]
    for (bound, count) in zip(bounds, model.successLatency.cumulativeCounts) {
        page.sample("\(name)_bucket", labels + [("le", bound)], whole: count)
    }
    page.sample("\(name)_sum", labels, whole: Int(model.successLatency.sum * 1e6))
    page.sample("\(name)_count", labels, whole: model.successLatency.count)
}
