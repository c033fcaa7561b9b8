/// TorchServe 0.12 with `metrics_mode=prometheus`: a comma before every closing brace, counters of
/// microseconds that cover successes only, errors of the whole host.
func torchServePage(_ service: ServiceState) -> String {
    var page = PageWriter(hasTrailingComma: true)
    let host: PageWriter.Labels = [("Level", "Host"), ("Hostname", "gpu-3")]

    func family(
        _ name: String, _ type: String, unit: String,
        samples: [(labels: PageWriter.Labels, value: Double)]
    ) {
        page.family(name, type, help: "Torchserve prometheus \(type) metric with unit: \(unit)")
        for sample in samples { page.sample(name, sample.labels, sample.value) }
    }

    func perModel(
        _ value: (ModelTraffic) -> Double
    ) -> [(labels: PageWriter.Labels, value: Double)] {
        service.models.map { (labels: labels($0), value: value($0)) }
    }

    let succeeded = service.models.reduce(0) { $0 + $1.succeeded }
    let failed = service.models.reduce(0) { $0 + $1.failed }
    let last = service.models.last?.lastLatencySeconds ?? 0
    let busy = Double(service.models.reduce(0) { $0 + $1.inFlight })
    family("Requests2XX", "counter", unit: "Count", samples: [(host, Double(succeeded))])
    family("Requests4XX", "counter", unit: "Count", samples: [(host, 0)])
    family("Requests5XX", "counter", unit: "Count", samples: [(host, Double(failed))])
    family(
        "ts_inference_requests_total", "counter", unit: "Count",
        samples: perModel { Double($0.succeeded + $0.failed) })
    family(
        "ts_inference_latency_microseconds", "counter", unit: "Microseconds",
        samples: perModel { $0.successLatency.sum * 1e6 })
    family(
        "ts_queue_latency_microseconds", "counter", unit: "Microseconds",
        samples: perModel { $0.queueSeconds * 1e6 })
    family("QueueTime", "gauge", unit: "Milliseconds", samples: [(host, 0)])
    family("WorkerThreadTime", "gauge", unit: "Milliseconds", samples: [(host, 1)])
    family(
        "PredictionTime", "gauge", unit: "ms",
        samples: service.models.map {
            (
                labels: [
                    ("ModelName", $0.plan.model), ("Level", "Model"), ("Hostname", "gpu-3"),
                ], value: (last * 1e5).rounded() / 100
            )
        })
    family(
        "vision_tag_predictions_total", "counter", unit: "Count",
        samples: service.models.flatMap { model in
            zip(model.plan.classes, model.classCounts).map { label, count in
                (labels: [("class", label)] + labels(model), value: Double(count))
            }
        })
    family(
        "CPUUtilization", "gauge", unit: "Percent", samples: [(host, min(100, 12 + busy * 9))])
    family("MemoryUtilization", "gauge", unit: "Percent", samples: [(host, 31.4)])
    family("MemoryUsed", "gauge", unit: "Megabytes", samples: [(host, 4961.2)])
    family("MemoryAvailable", "gauge", unit: "Megabytes", samples: [(host, 10_838.7)])
    family("DiskUsage", "gauge", unit: "Gigabytes", samples: [(host, 33.7)])
    let card: PageWriter.Labels = host + [("DeviceId", "0")]
    family(
        "GPUUtilization", "gauge", unit: "Percent", samples: [(card, min(100, 35 + busy * 20))])
    family("GPUMemoryUtilization", "gauge", unit: "Percent", samples: [(card, 62.5)])
    family("GPUMemoryUsed", "gauge", unit: "Megabytes", samples: [(card, 15_000)])
    return page.text
}

private func labels(_ model: ModelTraffic) -> PageWriter.Labels {
    [
        ("model_name", model.plan.model), ("model_version", model.plan.version),
        ("hostname", "gpu-3"),
    ]
}
