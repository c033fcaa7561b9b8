import HTTP
import TimeSeries

/// One address that is scraped, with everything that says how.
package struct Target: Sendable {
    /// Hard bounds on what one scrape may bring; over one of them the scrape is rejected whole.
    package struct Limits: Sendable, Equatable {
        package var bodyByteCount: Int = 10 << 20
        package var sampleCount: Int = 20_000
        /// Different series within an hour.
        package var seriesCount: Int = 50_000
        /// The same over all targets; one value holds for all.
        package var totalSeriesCount: Int = 1_000_000
        package var labelCount: Int = 64
        package var labelNameByteCount: Int = 512
        package var labelValueByteCount: Int = 4096

        package init() {}

        /// Which of them a scrape passed; the raw value is the key of the configuration.
        package enum Kind: String, CaseIterable, Sendable {
            case bodySize = "body_size"
            case samples
            case series
            case totalSeries = "total_series"
            case labels
            case labelNameLength = "label_name_length"
            case labelValueLength = "label_value_length"

            /// Where it is configured.
            package var key: String { "scrape.limits.\(rawValue)" }
        }
    }

    /// What the body is read as.
    package enum Kind: Sendable, Equatable {
        /// A metrics page.
        case exposition
        /// No metrics: any answer below 500 says that the process lives.
        case probe
    }

    package var service: String
    /// Whole URL, with path and query.
    package var url: String
    /// `host:port` unless the configuration names another.
    package var instance: String
    /// Labels of the configuration, beside `service` and `instance`.
    package var labels: [String: String] = [:]
    /// Name of a preset, or nil to recognise one by its fingerprint.
    package var preset: String?
    package var interval: Duration = .seconds(15)
    package var timeout: Duration = .seconds(10)
    package var limits = Limits()
    package var headers: [(name: String, value: String)] = []
    package var credentials: HTTPRequest.Credentials = .none
    package var tls = HTTPRequest.TLS()
    package var kind: Kind = .exposition

    package init(service: String, url: String, instance: String) {
        self.service = service
        self.url = url
        self.instance = instance
    }

    /// What every series of the target carries: `service`, `instance` and the configured labels.
    package var labelSet: LabelSet {
        LabelSet(
            labels.map { (name: $0.key, value: $0.value) }
                + [(name: "service", value: service), (name: "instance", value: instance)])
    }
}
