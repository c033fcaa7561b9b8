/// MLServer 1.7: a summary without quantiles for each model, a REST histogram without models.
func mlServerPage(_ service: ServiceState) -> String {
    var page = PageWriter()
    page.process(service)

    func family(_ name: String, _ help: String, value: (ModelTraffic) -> Int) {
        page.family(name, "counter", help: help)
        for model in service.models {
            page.sample(name, labels(model), Double(value(model)))
        }
    }

    family("model_infer_request_success_total", "Model infer request success count") {
        $0.succeeded
    }
    family("model_infer_request_failure_total", "Model infer request failure count") {
        $0.failed
    }
    page.family("model_infer_request_duration", "summary", help: "Model infer request duration")
    for model in service.models {
        page.sample(
            "model_infer_request_duration_count", labels(model), Double(model.latency.count))
        page.sample("model_infer_request_duration_sum", labels(model), model.latency.sum)
    }
    page.family(
        "model_predictions_total", "counter", help: "Predictions by class.")
    for model in service.models {
        for (label, count) in zip(model.plan.classes, model.classCounts) {
            page.sample(
                "model_predictions_total", [("class", label)] + labels(model), Double(count))
        }
    }
    rest(of: service, in: &page)
    return page.text
}

private func rest(of service: ServiceState, in page: inout PageWriter) {
    let busy = service.models.reduce(0) { $0 + $1.inFlight }
    page.family(
        "rest_server_requests_in_progress", "gauge",
        help: "Total HTTP requests currently in progress")
    page.sample(
        "rest_server_requests_in_progress", [("app_name", "mlserver"), ("method", "POST")],
        Double(busy))
    page.family(
        "rest_server_request_duration_seconds", "histogram",
        help: "HTTP request duration, in seconds")
    // MLServer labels with the route's pattern, so that all models share one series.
    let empty = CumulativeHistogram(bounds: BucketBounds.mlServer)
    page.histogram(
        "rest_server_request_duration_seconds",
        [
            ("app_name", "mlserver"), ("method", "POST"),
            ("path", "/v2/models/{model_name}/versions/{model_version}/infer"),
            ("status_code", "200"),
        ], service.models.reduce(empty) { $0.adding($1.successLatency) })
}

private func labels(_ model: ModelTraffic) -> PageWriter.Labels {
    [("model", model.plan.model), ("version", model.plan.version)]
}
