/// A service with metrics of its own, by the Python client of Prometheus.
func prometheusClientPage(_ service: ServiceState) -> String {
    var page = PageWriter()
    page.process(service)
    page.family("inference_requests_total", "counter", help: "Prediction requests.")
    for model in service.models {
        for (status, count) in [("200", model.succeeded), ("500", model.failed)] {
            page.sample(
                "inference_requests_total",
                [
                    ("model", model.plan.model), ("status", status),
                    ("version", model.plan.version),
                ], Double(count))
        }
    }
    page.family("inference_latency_seconds", "histogram", help: "Time to answer.")
    for model in service.models {
        page.histogram("inference_latency_seconds", labels(model), model.latency)
    }
    page.family("inference_in_progress", "gauge", help: "Requests being answered now.")
    for model in service.models {
        page.sample("inference_in_progress", labels(model), Double(model.inFlight))
    }
    predictions(of: service, in: &page)
    page.family("model_info", "gauge", help: "The model being served.")
    for model in service.models {
        page.sample("model_info", [("framework", "onnxruntime")] + labels(model), 1)
    }
    return page.text
}

private func predictions(of service: ServiceState, in page: inout PageWriter) {
    if service.models.contains(where: { !$0.plan.classes.isEmpty }) {
        page.family("model_predictions_total", "counter", help: "Predictions by class.")
        for model in service.models {
            for (label, count) in zip(model.plan.classes, model.classCounts) {
                page.sample(
                    "model_predictions_total", [("class", label)] + labels(model), Double(count))
            }
        }
    }
    if service.models.contains(where: { $0.plan.score != nil }) {
        page.family("model_prediction_score", "histogram", help: "Score of the fraud class.")
        for model in service.models where model.plan.score != nil {
            page.histogram("model_prediction_score", labels(model), model.score)
        }
    }
}

private func labels(_ model: ModelTraffic) -> PageWriter.Labels {
    [("model", model.plan.model), ("version", model.plan.version)]
}
