extension HTTPRequest {
    /// Headers that hold no secret wherever they go.
    private static let harmlessHeaders: Set<String> = [
        "accept", "user-agent", "content-type", "x-prometheus-scrape-timeout-seconds",
    ]

    /// Whether a header of the request may be a secret.
    var hasSecretHeaders: Bool {
        headers.contains { !Self.harmlessHeaders.contains($0.name.lowercased()) }
    }

    /// Repeating anything but a read is not ours to decide.
    var followsRedirects: Bool {
        maximumRedirectCount > 0 && body == nil && (method == "GET" || method == "HEAD")
    }

    /// The request's own, or those of its URL.
    func credentials(for address: Address) -> Credentials {
        guard credentials == .none, address.user != nil || address.password != nil else {
            return credentials
        }
        return .basic(user: address.user ?? "", password: address.password ?? "")
    }

    /// What may be sent to where a redirect points.
    ///
    /// - Throws: `redirect` where the host differs, or where scheme or port do and the request
    ///   carries something secret.
    func credentials(
        redirectedFrom origin: Address, to destination: Address
    ) throws(HTTPError) -> Credentials {
        guard destination.host == origin.host else {
            throw HTTPError(
                .redirect,
                "\(origin.origin) redirects to another host, '\(destination.host)'; "
                    + "configure the address that is meant")
        }
        let original = try Address(url)
        let credentials = credentials(for: original)
        if destination.scheme == original.scheme, destination.port == original.port {
            return credentials
        }
        let isSecret =
            credentials != .none
            || hasSecretHeaders
        guard !isSecret else {
            throw HTTPError(
                .redirect,
                "\(origin.origin) redirects to \(destination.scheme) on port \(destination.port), "
                    + "where the credentials are not sent; configure the address that is meant")
        }
        return .none
    }
}
