import CCurl

/// A URL taken apart by libcurl's own parser, the one that will also connect.
struct Address: Equatable {
    /// Without user, password and fragment.
    let url: String
    /// `http` or `https`.
    let scheme: String
    /// Lower-case; an IPv6 address in brackets.
    let host: String
    let port: Int
    /// Percent-decoded, where the URL had them.
    let user: String?
    let password: String?

    /// Of the pool that keeps the host's connections.
    let poolIndex: Int

    /// `host:port`, for messages.
    var origin: String { "\(host):\(port)" }

    init(_ url: String) throws(HTTPError) {
        let handle = try URLHandle()
        try handle.set(CURLUPART_URL, to: url)
        try self.init(handle)
    }

    /// Where a `Location` header points, seen from here.
    func resolving(_ location: String) throws(HTTPError) -> Address {
        let handle = try URLHandle()
        try handle.set(CURLUPART_URL, to: url)
        try handle.set(CURLUPART_URL, to: location)
        return try Address(handle)
    }

    private init(_ handle: borrowing URLHandle) throws(HTTPError) {
        guard let scheme = handle.part(CURLUPART_SCHEME), ["http", "https"].contains(scheme),
            let host = handle.part(CURLUPART_HOST), !host.isEmpty,
            let port = handle.part(CURLUPART_PORT).flatMap({ Int($0) })
        else { throw URLHandle.unusable }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
        poolIndex = ConnectionPools.index(ofHost: self.host, port: port)
        user = handle.part(CURLUPART_USER)
        password = handle.part(CURLUPART_PASSWORD)
        try handle.set(CURLUPART_USER, to: nil)
        try handle.set(CURLUPART_PASSWORD, to: nil)
        try handle.set(CURLUPART_FRAGMENT, to: nil)
        guard let url = handle.part(CURLUPART_URL) else { throw URLHandle.unusable }
        self.url = url
    }
}

/// libcurl's URL object.
private struct URLHandle: ~Copyable {
    private let handle: OpaquePointer

    static let unusable = HTTPError(
        .badURL, "not a usable URL; expected http://HOST:PORT/PATH or https://HOST:PORT/PATH")

    init() throws(HTTPError) {
        try CurlLibrary.load()
        guard let handle = mlmon_url() else { throw HTTPError(.failure, "out of memory") }
        self.handle = handle
    }

    deinit { mlmon_url_cleanup(handle) }

    func set(_ part: CURLUPart, to text: String?) throws(HTTPError) {
        // A C string would end at the first zero byte, and another URL than the given be used.
        guard text?.utf8.contains(0) != true, mlmon_url_set(handle, part, text, 0) == CURLUE_OK
        else { throw Self.unusable }
    }

    func part(_ part: CURLUPart) -> String? {
        let isEncoded = part == CURLUPART_USER || part == CURLUPART_PASSWORD
        let flags = CURLU_DEFAULT_PORT | (isEncoded ? CURLU_URLDECODE : 0)
        var text: UnsafeMutablePointer<CChar>?
        guard mlmon_url_get(handle, part, &text, UInt32(flags)) == CURLUE_OK, let text else {
            return nil
        }
        defer { mlmon_free(text) }
        return String(cString: text)
    }
}
