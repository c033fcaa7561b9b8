/// How a handle stays set up from one request to the next of the same kind: for reads that carry
/// nothing secret. They differ in URL, time limits and headers.
struct KeptSettings: Equatable {
    private let isSecure: Bool
    private let acceptsCompression: Bool
    private let tls: HTTPRequest.TLS

    /// Nil where the handle is to forget the request when it is answered.
    init?(_ request: HTTPRequest, scheme: String, _ credentials: HTTPRequest.Credentials) {
        guard request.method == "GET", request.body == nil, credentials == .none,
            !request.hasSecretHeaders
        else { return nil }
        isSecure = scheme == "https"
        acceptsCompression = request.acceptsCompression
        tls = request.tls
    }
}

extension HTTPRequest {
    func hasHeaders(_ others: [(name: String, value: String)]) -> Bool {
        headers.count == others.count && zip(headers, others).allSatisfy { $0 == $1 }
    }
}
