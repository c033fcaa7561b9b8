import HTTP
import Yams

/// What services and webhooks have in common: an address, headers, credentials, TLS.
extension ConfigurationDecoder {
    static let httpKeys = [
        "headers", "bearer_token", "bearer_token_file", "basic_auth", "tls",
    ]
    /// What HTTP allows in a header's name beside letters and digits (RFC 9110 §5.6.2).
    private static let tokenMarks = "!#$%&'*+-.^_`|~"

    /// An http or https URL that names a host; a mistake is reported.
    func url(_ fields: Fields) -> WebAddress? {
        guard let text = fields.requiredString("url"), let field = fields["url"] else {
            return nil
        }
        do {
            return try WebAddress(text)
        } catch {
            fields.report(
                "url is \(context.shownValue(field.node)), \(error.message)", at: field)
            return nil
        }
    }

    func headers(_ fields: Fields) -> [(name: String, value: String)] {
        (fields.stringMap("headers") ?? []).compactMap { entry in
            let isToken = entry.name.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                        || Self.tokenMarks.unicodeScalars.contains($0))
            }
            guard isToken, !entry.name.isEmpty else {
                context.report(
                    "header name is \(shown(entry.name)), expected a name like 'X-Tenant'",
                    at: entry.position)
                return nil
            }
            guard !entry.value.contains(where: \.isNewline) else {
                context.report("header \(shown(entry.name)) has a line break", at: entry.position)
                return nil
            }
            guard entry.name.lowercased() != "authorization" else {
                context.report(
                    "header 'Authorization' is set by bearer_token, bearer_token_file or "
                        + "basic_auth; use one of them", at: entry.position)
                return nil
            }
            return (name: entry.name, value: entry.value)
        }
    }

    func credentials(_ fields: Fields) -> HTTPRequest.Credentials {
        let given = ["bearer_token", "bearer_token_file", "basic_auth"].compactMap { fields[$0] }
        if given.count > 1 {
            context.report(
                "\(given.map { "'\($0.name)'" }.joined(separator: " and ")) exclude each other, "
                    + "expected one of them",
                at: given[1].position)
        }
        if fields["basic_auth"] != nil { return basic(fields) }
        let token =
            fields["bearer_token_file"] == nil
            ? fields.string("bearer_token") : secret(fields, "bearer_token_file")
        guard let token else { return .none }
        if token.contains(where: \.isNewline), let field = fields["bearer_token"] {
            fields.report("bearer_token has a line break", at: field)
        }
        return .bearer(token: token)
    }

    private func basic(_ fields: Fields) -> HTTPRequest.Credentials {
        guard
            let basic = fields.fields(
                "basic_auth", known: ["username", "password", "password_file"]),
            let user = basic.requiredString("username")
        else { return .none }
        switch (basic["password"], basic["password_file"]) {
        case (.some, let file?):
            context.report(
                "'password' and 'password_file' exclude each other, expected one of them",
                at: file.position)
            return .none
        case (.some, nil):
            return .basic(user: user, password: basic.string("password") ?? "")
        case (nil, .some):
            return .basic(user: user, password: secret(basic, "password_file") ?? "")
        case (nil, nil):
            context.report(
                "'basic_auth' has neither 'password' nor 'password_file', expected one of them",
                at: basic.position)
            return .none
        }
    }

    func tls(_ fields: Fields) -> HTTPRequest.TLS {
        guard let tls = fields.fields("tls", known: ["ca_file", "insecure"]) else {
            return HTTPRequest.TLS()
        }
        return HTTPRequest.TLS(
            certificateAuthorityPath: readablePath(tls, "ca_file"),
            isInsecure: tls.bool("insecure") ?? false)
    }
}

/// An http or https URL, as far as a configuration must know it.
struct WebAddress: Equatable {
    /// As it was given.
    let text: String
    /// `host:port`, the scheme's own port where none is given.
    let authority: String
    /// Whether the URL ends with the host or port.
    let isWithoutPath: Bool

    struct Mistake: Error {
        let message: String
    }

    /// - Throws: What is wrong with the URL, for a sentence that begins with it.
    init(_ text: String) throws(Mistake) {
        let isPrintable = text.unicodeScalars.allSatisfy {
            $0 != " " && $0.isASCII && $0.value > 0x20 && $0.value < 0x7F
        }
        guard isPrintable else {
            throw Mistake(message: "expected a URL of printable ASCII without spaces")
        }
        let lowered = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lowered.hasPrefix($0) }) else {
            let remedy = text.contains("://") ? "" : "; did you mean 'http://\(text)'?"
            throw Mistake(message: "expected http://HOST:PORT/PATH\(remedy)")
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else {
            throw Mistake(message: "which holds a password; use basic_auth")
        }
        guard !rest.contains("#") else {
            throw Mistake(message: "expected a URL without '#'")
        }
        let (host, port) = Self.split(authority)
        guard Self.isHost(host) else { throw Mistake(message: "expected a host after '\(scheme)'") }
        if let port {
            guard let number = Int(port), port.allSatisfy(\.isNumber), (1...65_535).contains(number)
            else {
                throw Mistake(message: "expected a port from 1 to 65535 after the host")
            }
        }
        self.text = text
        self.authority = "\(host):\(port ?? (scheme == "http://" ? "80" : "443"))"
        isWithoutPath = rest.count == authority.count
    }

    private static func split(_ authority: Substring) -> (host: String, port: String?) {
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        guard let colon = authority[afterBracket...].lastIndex(of: ":") else {
            return (authority.lowercased(), nil)
        }
        return (
            authority[..<colon].lowercased(), String(authority[authority.index(after: colon)...])
        )
    }

    private static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            let inner = host.dropFirst().dropLast()
            return inner.contains(":") && inner.allSatisfy { $0.isHexDigit || ":.%".contains($0) }
        }
        return !host.isEmpty
            && host.allSatisfy { $0.isLetter || $0.isNumber || "-._".contains($0) }
    }
}
