/// Triton 2.51: counters without `_total`, microseconds, whole numbers.
func tritonPage(_ service: ServiceState) -> String {
    var page = PageWriter()

    func family(
        _ name: String, _ type: String, _ help: String, value: (ModelTraffic) -> Int
    ) {
        page.family(name, type, help: help)
        for model in service.models {
            page.sample(name, labels(model), whole: value(model))
        }
    }

    family(
        "nv_inference_request_success", "counter",
        "Number of successful inference requests, all batch sizes"
    ) { $0.succeeded }
    page.family(
        "nv_inference_request_failure", "counter",
        help: "Number of failed inference requests, all batch sizes")
    for model in service.models {
        for reason in ["REJECTED", "CANCELED", "BACKEND", "OTHER"] {
            page.sample(
                "nv_inference_request_failure",
                [
                    ("model", model.plan.model), ("reason", reason),
                    ("version", model.plan.version),
                ], whole: reason == "BACKEND" ? model.failed : 0)
        }
    }
    family(
        "nv_inference_count", "counter",
        "Number of inferences performed (does not include cached requests)"
    ) { $0.succeeded }
    family(
        "nv_inference_exec_count", "counter",
        "Number of model executions performed (does not include cached requests)"
    ) { ($0.succeeded + 1) / 2 }
    family(
        "nv_inference_request_duration_us", "counter",
        "Cumulative inference request duration in microseconds (includes cached requests)"
    ) { Int($0.successLatency.sum * 1e6) }
    family(
        "nv_inference_queue_duration_us", "counter",
        "Cumulative inference queuing duration in microseconds (includes cached requests)"
    ) { Int($0.queueSeconds * 1e6) }
    family(
        "nv_inference_compute_input_duration_us", "counter",
        "Cumulative compute input duration in microseconds (does not include cached requests)"
    ) { Int($0.computeSeconds * 0.03e6) }
    family(
        "nv_inference_compute_infer_duration_us", "counter",
        "Cumulative compute inference duration in microseconds (does not include cached requests)"
    ) { Int($0.computeSeconds * 0.94e6) }
    family(
        "nv_inference_compute_output_duration_us", "counter",
        "Cumulative inference compute output duration in microseconds (does not include cached "
            + "requests)"
    ) { Int($0.computeSeconds * 0.03e6) }
    predictions(of: service, in: &page)
    family(
        "nv_inference_pending_request_count", "gauge",
        "Instantaneous number of pending requests awaiting execution per-model."
    ) { $0.waiting }
    device(of: service, in: &page)
    return page.text
}

/// The metric family that the model's own Python backend registers.
private func predictions(of service: ServiceState, in page: inout PageWriter) {
    let name = "\(service.plan.name)_predictions_total"
    page.family(name, "counter", help: "predictions per class")
    for model in service.models {
        for (label, count) in zip(model.plan.classes, model.classCounts) {
            page.sample(name, [("class", label)] + labels(model), whole: count)
        }
    }
}

private func device(of service: ServiceState, in page: inout PageWriter) {
    let busy = service.models.reduce(0.0) { $0 + Double($1.inFlight) }
    page.family("nv_gpu_utilization", "gauge", help: "GPU utilization rate [0.0 - 1.0)")
    let card: PageWriter.Labels = [("gpu_uuid", "GPU-5a1f3c70-6f4e-4d0b-9a51-0c2d7e8f9b13")]
    page.sample("nv_gpu_utilization", card, min(0.98, 0.3 + busy * 0.06))
    page.family("nv_gpu_memory_total_bytes", "gauge", help: "GPU total memory, in bytes")
    page.sample("nv_gpu_memory_total_bytes", card, whole: 25_769_803_776)
    page.family("nv_gpu_memory_used_bytes", "gauge", help: "GPU used memory, in bytes")
    page.sample("nv_gpu_memory_used_bytes", card, whole: 6_442_450_944)
    page.family("nv_cpu_utilization", "gauge", help: "CPU utilization rate [0.0 - 1.0]")
    page.sample("nv_cpu_utilization", min(1, 0.1 + busy * 0.03))
    page.family("nv_cpu_memory_total_bytes", "gauge", help: "CPU total memory (RAM), in bytes")
    page.sample("nv_cpu_memory_total_bytes", whole: 67_430_744_064)
    page.family("nv_cpu_memory_used_bytes", "gauge", help: "CPU used memory (RAM), in bytes")
    page.sample(
        "nv_cpu_memory_used_bytes",
        whole: Int(service.models.map(\.plan.residentBytes).reduce(0, +)))
}

private func labels(_ model: ModelTraffic) -> PageWriter.Labels {
    [("model", model.plan.model), ("version", model.plan.version)]
}
