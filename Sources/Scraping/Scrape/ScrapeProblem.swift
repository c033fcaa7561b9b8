import HTTP

/// Why a scrape failed, told to who runs the service.
enum ScrapeProblem: Error, Equatable {
    case unanswered(HTTPError)
    /// - Parameter body: The beginning of it.
    case status(Int, body: String)
    /// A Content-Type that no metrics page has.
    case contentType(String)
    case unreadable(ExpositionError, looksLikeMarkup: Bool)

    /// One line: what happened, and the remedy where there is one. No control characters.
    ///
    /// - Parameters:
    ///   - hasCredentials: Whether the target is configured with some.
    ///   - hint: The preset's, for a page that is missing or refused.
    func message(hasCredentials: Bool, hint: String?) -> String {
        switch self {
        case .unanswered(let error):
            error.message
        case .status(let status, let body):
            Self.message(status: status, body, hasCredentials: hasCredentials, hint: hint)
        case .contentType(let type):
            Self.message(contentType: type)
        case .unreadable(_, looksLikeMarkup: true):
            "the answer is a web page, not a metrics page; " + Self.webPageRemedy
        case .unreadable(let error, _):
            switch error.limit {
            case nil: "not a valid metrics page: \(error)"
            case .series, .totalSeries:
                "the page is rejected: \(error.token), expected \(error.expected)"
            case .some: "the page is rejected: \(error)"
            }
        }
    }

    /// The limit that the scrape passed.
    var limit: Target.Limits.Kind? {
        switch self {
        case .unanswered(let error): error.kind == .tooLarge ? .bodySize : nil
        case .unreadable(let error, _): error.limit
        case .status, .contentType: nil
        }
    }

    /// What to say about a page that is fine but has no sample on it.
    ///
    /// - Parameter hasFamilies: Servers announce their families before the first request.
    static func message(emptyPageWithFamilies hasFamilies: Bool, hint: String?) -> String {
        if hasFamilies { return "nothing counted yet; the service has had no requests" }
        return "the page is empty; "
            + (hint ?? "are metrics switched on, and not written to a log instead?")
    }

    /// Text as it may be shown and stored: at most 400 characters, none of them a control.
    static func oneLine(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            count += 1
            if count > 400 {
                line.append("…")
                break
            }
            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            line.append(isControl ? "\u{FFFD}" : scalar)
        }
        return String(line)
    }

    private static let webPageRemedy =
        "a login or a proxy may stand in front: configure credentials, or the service's own address"

    private static func message(
        status: Int, _ body: String, hasCredentials: Bool, hint: String?
    ) -> String {
        let answer = "HTTP \(status)"
        switch status {
        case 401, 403, 407:
            return "\(answer): \(credentialsRemedy(hasCredentials))"
        case 400 where body.contains("InvalidKeyException"):
            // TorchServe's token authorization answers so.
            return "\(answer): \(credentialsRemedy(hasCredentials))"
        case 404, 410:
            return "\(answer): no metrics page here; \(hint ?? "check the path in the url")"
        case 405:
            return "\(answer): the address does not take GET; check the path in the url"
        case 429:
            return "\(answer): asked too often; choose a longer interval"
        case 501:
            return "\(answer): "
                + (hint ?? "metrics are switched off in the server; llama.cpp needs --metrics")
        case 502, 503, 504:
            return "\(answer): the service is not ready, or a proxy cannot reach it"
        case 300..<400:
            return "\(answer): redirect that is not followed; configure the address that is meant"
        case 500...:
            return "\(answer): the service failed while making its metrics page; see its log"
        default:
            return "\(answer), expected 200"
        }
    }

    private static func credentialsRemedy(_ hasCredentials: Bool) -> String {
        hasCredentials
            ? "the configured credentials were refused"
            : "needs credentials; configure a bearer token or basic auth for this service"
    }

    private static func message(contentType: String) -> String {
        let shown = ExpositionError.printable(contentType.utf8, limit: 60)
        let type = contentType.lowercased()
        if type.hasPrefix("text/html") || type.hasPrefix("application/xhtml") {
            return "the answer is a web page (\(shown)), not a metrics page; " + webPageRemedy
        }
        if type.contains("json") {
            return "the answer is JSON (\(shown)), not a metrics page; check the path in the url"
        }
        if type.contains("protobuf") {
            return "the answer is in the protobuf format (\(shown)), which was not asked for"
        }
        return "the answer is of type '\(shown)', expected text/plain or "
            + "application/openmetrics-text"
    }
}
