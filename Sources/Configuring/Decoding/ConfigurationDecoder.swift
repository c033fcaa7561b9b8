import Alerting
import Detection
import Scraping
import Storage
import TimeSeries
import Yams

/// Reads the monitor's own file, and the files that it names.
struct ConfigurationDecoder {
    private static let keys = [
        "store", "scrape", "services", "detect", "rules", "receivers", "route", "presets",
        "dashboards", "api",
    ]
    private static let dayRange: ClosedRange<Duration> = .seconds(60) ... .seconds(36_500 * 86_400)

    let context: DocumentContext
    let log: DiagnosticLog
    /// Of the file, with its slash; what paths are relative to.
    let folder: String

    /// - Returns: nil where the file cannot be read as YAML; reported.
    init?(path: String, environment: [String: String], log: DiagnosticLog) {
        let bytes: [UInt8]
        do {
            bytes = try FileText.bytes(
                at: path, maximumByteCount: YAMLDocument.maximumByteCount)
        } catch {
            log.report("cannot read the configuration: \(error.message)", in: path, at: nil)
            return nil
        }
        guard let document = YAMLDocument(bytes, file: path, log: log) else { return nil }
        context = DocumentContext(document: document, log: log, environment: environment)
        folder = FileGlob.folder(of: path)
        self.log = log
    }

    /// - Returns: nil where the file is no mapping; other mistakes are reported only.
    func configuration() -> MonitorConfiguration? {
        guard
            let fields = context.fields(
                context.document.root, of: "the configuration", known: Self.keys)
        else { return nil }
        var configuration = MonitorConfiguration(store: store(fields))
        setScrapeDefaults(fields, in: &configuration)
        configuration.presets = presets(fields)
        configuration.services = services(fields, defaults: configuration)
        if let detect = fields.fields(
            "detect", known: ["budget", "drift", "anomaly", "performance"])
        {
            configuration.drift = drift(detect)
            configuration.anomaly = anomaly(detect)
            configuration.performance = performance(detect)
        }
        configuration.ruleGroups = ruleGroups(fields)
        configuration.receivers = receivers(fields)
        configuration.route = route(
            fields, receivers: configuration.receivers.map(\.name))
        configuration.dashboards = dashboards(fields)
        configuration.api = api(fields)
        return configuration
    }

    /// A path of the file as the program opens it.
    func resolved(_ path: String) -> String { FileGlob.resolving(path, from: folder) }

    private func store(_ fields: Fields) -> StoreOptions {
        let store = fields.fields(
            "store",
            known: [
                "path", "retention", "retention_5m", "retention_1h", "retention_service_minutes",
                "max_size",
            ])
        var options = StoreOptions(path: resolved(store?.string("path") ?? "mlmon.db"))
        if let retention = store?.duration("retention", in: Self.dayRange) {
            options.retention = retention
        }
        let optional: [(String, WritableKeyPath<StoreOptions, Duration>)] = [
            ("retention_5m", \.fiveMinuteRetention), ("retention_1h", \.hourRetention),
            ("retention_service_minutes", \.serviceMinuteRetention),
        ]
        for (key, place) in optional {
            if let retention = store?.duration(key, in: .zero...Self.dayRange.upperBound) {
                options[keyPath: place] = retention
            }
        }
        options.maximumByteCount = store?.byteCount("max_size", in: 1 << 20...1 << 50)
        return options
    }

    private func setScrapeDefaults(
        _ fields: Fields, in configuration: inout MonitorConfiguration
    ) {
        guard let scrape = fields.fields("scrape", known: ["interval", "timeout", "limits"]) else {
            return
        }
        (configuration.scrapeInterval, configuration.scrapeTimeout) = timing(
            scrape, interval: configuration.scrapeInterval, timeout: configuration.scrapeTimeout)
        configuration.scrapeLimits = limits(scrape)
    }

    private func limits(_ scrape: Fields) -> Target.Limits {
        var limits = Target.Limits()
        guard
            let fields = scrape.fields(
                "limits",
                known: [
                    "body_size", "samples", "series", "total_series", "labels",
                    "label_name_length", "label_value_length",
                ])
        else { return limits }
        func set(_ path: WritableKeyPath<Target.Limits, Int>, _ value: Int?) {
            if let value { limits[keyPath: path] = value }
        }
        set(\.bodyByteCount, fields.byteCount("body_size", in: 1 << 10...1 << 30))
        set(\.sampleCount, fields.integer("samples", in: 1...10_000_000))
        set(\.seriesCount, fields.integer("series", in: 1...100_000_000))
        set(\.totalSeriesCount, fields.integer("total_series", in: 1...100_000_000))
        set(\.labelCount, fields.integer("labels", in: 1...10_000))
        set(\.labelNameByteCount, fields.integer("label_name_length", in: 1...1 << 20))
        set(\.labelValueByteCount, fields.integer("label_value_length", in: 1...1 << 20))
        return limits
    }

    /// Interval and timeout together, because one bounds the other. A timeout that is not given is
    /// cut to the interval.
    func timing(
        _ fields: Fields, interval: Duration, timeout: Duration
    ) -> (interval: Duration, timeout: Duration) {
        let interval =
            fields.duration("interval", in: .milliseconds(100) ... .seconds(86_400)) ?? interval
        let given = fields.duration("timeout", in: .milliseconds(10) ... .seconds(86_400))
        if let given, given > interval, let field = fields["timeout"] {
            fields.report(
                "timeout is \(context.shownValue(field.node)), expected at most the interval, "
                    + interval.prometheusDescription, at: field)
        }
        return (interval, min(given ?? timeout, interval))
    }

    private func anomaly(_ detect: Fields) -> AnomalyOptions {
        let defaults = AnomalyOptions()
        guard
            let anomaly = detect.fields("anomaly", known: ["threshold", "warm_up", "memory"])
        else { return defaults }
        return AnomalyOptions(
            warmUpCount: anomaly.integer("warm_up", in: 30...10_000) ?? defaults.warmUpCount,
            memoryCount: anomaly.integer("memory", in: 120...10_000) ?? defaults.memoryCount,
            threshold: anomaly.number("threshold", in: 1...1000) ?? defaults.threshold)
    }
}
