/// One outgoing request, as a value.
package struct HTTPRequest: Sendable {
    package enum Credentials: Sendable, Equatable {
        case none
        case bearer(token: String)
        case basic(user: String, password: String)
    }

    /// How the peer's certificate is checked; for https only.
    package struct TLS: Sendable, Equatable {
        /// PEM file of the authorities to trust instead of the system's.
        package var certificateAuthorityPath: String?
        /// Accepts any certificate. Only where the user asked for it.
        package var isInsecure: Bool

        package init(certificateAuthorityPath: String? = nil, isInsecure: Bool = false) {
            self.certificateAuthorityPath = certificateAuthorityPath
            self.isInsecure = isInsecure
        }
    }

    package var url: String
    package var method: String = "GET"
    package var headers: [(name: String, value: String)] = []
    package var body: [UInt8]?
    package var credentials: Credentials = .none
    package var tls = TLS()
    /// Over connect, headers and the whole body.
    package var timeout: Duration = .seconds(10)
    /// Of the body after decompression; one byte more ends the transfer with an error.
    package var maximumBodyByteCount: Int = 10 << 20
    /// 0 follows none. Redirects never leave the host, and never carry credentials elsewhere.
    package var maximumRedirectCount: Int = 3
    /// Asks for gzip and unpacks it.
    package var acceptsCompression: Bool = true

    package init(url: String) {
        self.url = url
    }
}
