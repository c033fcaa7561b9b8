/// Where and for whom the HTTP API is served.
package struct APISettings: Sendable, Equatable {
    package enum Credentials: Sendable, Equatable {
        case none
        case bearer(token: String)
        case basic(user: String, password: String)
    }

    /// PEM files.
    package struct TLS: Sendable, Equatable {
        package var certificatePath: String
        package var keyPath: String

        package init(certificatePath: String, keyPath: String) {
            self.certificatePath = certificatePath
            self.keyPath = keyPath
        }
    }

    /// What clients may use.
    package struct Limits: Sendable, Equatable {
        /// Samples read plus values computed, by one query.
        package var sampleCount = 50_000_000
        /// Series that one selector may select.
        package var seriesCount = 500_000
        /// Of one question; also what a `timeout` parameter can at most ask for.
        package var timeout = Duration.seconds(60)
        /// Questions at work at a time.
        package var concurrentCount = 8
        /// Of the form in a request.
        package var bodyByteCount = 1 << 20

        package init() {}
    }

    /// A name or an address, without brackets.
    package var host: String
    /// 0 takes a free one.
    package var port: Int
    package var credentials = Credentials.none
    /// nil serves plain HTTP.
    package var tls: TLS?
    /// Serves other machines even without credentials or TLS.
    package var isInsecure = false
    package var limits = Limits()

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT`, `[::1]:PORT`, and `:PORT`, which is every address as elsewhere.
    package init?(listen text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        let isName = host.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":")].contains($0)
        }
        guard isName else { return nil }
        self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
    }

    /// Whether only this machine can connect.
    package var isLoopback: Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Why these settings are not to be served; nil where they may be.
    package var refusal: String? {
        if isLoopback || isInsecure || (credentials != .none && tls != nil) { return nil }
        var missing: [String] = []
        if credentials == .none { missing.append("bearer_token or basic_auth") }
        if tls == nil { missing.append("tls with cert_file and key_file") }
        return "other machines can connect to \(host); set \(missing.joined(separator: ", and ")), "
            + "or insecure: true, or listen on 127.0.0.1"
    }
}
