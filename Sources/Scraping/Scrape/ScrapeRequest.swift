import HTTP

extension Target {
    /// No longer than the interval, so that a target's scrapes do not overlap.
    package var effectiveTimeout: Duration { min(timeout, interval) }

    /// The formats that `PageReader` reads, OpenMetrics first because it says where a page ends.
    static let acceptedFormats =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.4,"
        + "*/*;q=0.1"

    /// What is sent for every scrape. Configured headers replace mlmon's own of the same name.
    func scrapeRequest(version: String) -> HTTPRequest {
        var request = HTTPRequest(url: url)
        let own = [
            (name: "Accept", value: kind == .probe ? "*/*" : Self.acceptedFormats),
            (name: "User-Agent", value: "mlmon/\(version)"),
            (
                name: "X-Prometheus-Scrape-Timeout-Seconds",
                value: Self.seconds(effectiveTimeout)
            ),
        ]
        let configured = Set(headers.map { $0.name.lowercased() })
        request.headers = own.filter { !configured.contains($0.name.lowercased()) } + headers
        request.credentials = credentials
        request.tls = tls
        request.timeout = effectiveTimeout
        request.maximumBodyByteCount = limits.bodyByteCount
        // A probe asks whether somebody answers; where the answer points to is not its business.
        if kind == .probe { request.maximumRedirectCount = 0 }
        return request
    }

    /// `10`, `0.5`.
    private static func seconds(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        return seconds == seconds.rounded() ? String(Int64(seconds)) : String(seconds)
    }
}
