/// Writes a metrics page line by line, in the text form of Prometheus.
struct PageWriter {
    typealias Labels = [(name: String, value: String)]

    private(set) var text = ""
    /// A comma after the last label, as the Java client writes it.
    private let hasTrailingComma: Bool

    init(hasTrailingComma: Bool = false) {
        self.hasTrailingComma = hasTrailingComma
    }

    mutating func family(_ name: String, _ type: String, help: String? = nil) {
        if let help { text += "# HELP \(name) \(help)\n" }
        text += "# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
        line(name, labels, "\(value)")
    }

    mutating func sample(_ name: String, _ value: Double) {
        line(name, [], "\(value)")
    }

    /// Written without a fraction.
    mutating func sample(_ name: String, _ labels: Labels = [], whole value: Int) {
        line(name, labels, "\(value)")
    }

    /// Buckets, count and sum, in the order of the Python client.
    mutating func histogram(
        _ name: String, _ labels: Labels, _ histogram: CumulativeHistogram
    ) {
        let bounds = histogram.bounds.map { "\($0)" } + ["+Inf"]
        for (bound, count) in zip(bounds, histogram.cumulativeCounts) {
            sample("\(name)_bucket", [(name: "le", value: bound)] + labels, Double(count))
        }
        sample("\(name)_count", labels, Double(histogram.count))
        sample("\(name)_sum", labels, histogram.sum)
    }

    private mutating func line(_ name: String, _ labels: Labels, _ value: String) {
        text += name
        if !labels.isEmpty {
            // No value of the fleet holds a quote, a backslash or a line end.
            text += "{"
            text += labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",")
            text += hasTrailingComma ? ",}" : "}"
        }
        text += " \(value)\n"
    }
}

extension ServerKind {
    /// The page of a service on this kind of server, with the Content-Type the server sends.
    func render(_ service: ServiceState) -> (contentType: String, text: String) {
        switch self {
        case .triton: ("text/plain; charset=utf-8", tritonPage(service))
        case .torchServe: ("text/plain; version=0.0.4; charset=utf-8", torchServePage(service))
        case .vllm: ("text/plain; version=1.0.0; charset=utf-8", vllmPage(service))
        case .prometheusClient:
            ("text/plain; version=0.0.4; charset=utf-8", prometheusClientPage(service))
        case .mlServer: ("text/plain; version=1.0.0; charset=utf-8", mlServerPage(service))
        case .tensorFlowServing: ("text/plain", tensorFlowServingPage(service))
        }
    }
}

extension PageWriter {
    /// What every process with the Python client tells about itself.
    mutating func process(_ service: ServiceState) {
        let resident = service.models.map(\.plan.residentBytes).reduce(0, +)
        family("process_resident_memory_bytes", "gauge", help: "Resident memory size in bytes.")
        sample("process_resident_memory_bytes", resident)
        family(
            "process_start_time_seconds", "gauge",
            help: "Start time of the process since unix epoch in seconds.")
        sample("process_start_time_seconds", service.processStart)
        family(
            "process_cpu_seconds_total", "counter",
            help: "Total user and system CPU time spent in seconds.")
        sample("process_cpu_seconds_total", service.processorSeconds)
        family("process_open_fds", "gauge", help: "Number of open file descriptors.")
        sample("process_open_fds", Double(24 + service.models.reduce(0) { $0 + $1.inFlight }))
        family("python_info", "gauge", help: "Python platform information")
        sample(
            "python_info",
            [
                ("implementation", "CPython"), ("major", "3"), ("minor", "11"),
                ("patchlevel", "7"), ("version", "3.11.7"),
            ], 1)
    }
}
