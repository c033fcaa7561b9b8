import HTTP
import TimeSeries

/// One address that is scraped, with everything that says how.
package struct Target: Sendable {
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
