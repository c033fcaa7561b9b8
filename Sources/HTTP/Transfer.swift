import CCurl

/// One place for a transfer: a libcurl handle that is used again and again, and what the transfer
/// of the moment has received so far. Lives on the client's thread only.
final class Transfer {
    /// Of one answer, status line included.
    static let maximumHeaderByteCount = 64 << 10
    private static let maximumTrustedByteCount = 1 << 20
    /// Read at a time: with libcurl's 16 KiB a page of 500 series takes three rounds of reading and
    /// waiting. A little less than what makes glibc tidy all of its memory when it is freed.
    private static let receiveByteCount = 60 << 10

    let easy: EasyHandle
    private(set) var job: Job?

    private var address: Address?
    private var redirectCount = 0
    private var status = 0
    private var headers: [(name: String, value: String)] = []
    private var headerByteCount = 0
    private var body: [UInt8] = []
    /// What a callback found wrong; takes precedence over libcurl's code.
    private var failure: HTTPError?
    private var headerList = HeaderList()
    /// The headers in the list, where the handle keeps it.
    private var keptHeaders: [(name: String, value: String)] = []
    /// What the handle is still set up for; nil for a new one.
    private var keptSettings: KeptSettings?
    /// Of the pool that the handle takes its connections from.
    private var poolIndex: Int?
    private let errorText: UnsafeMutablePointer<CChar>

    init() throws(HTTPError) {
        easy = try EasyHandle()
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit { errorText.deallocate() }

    /// Sets the handle, which is new or cleared, up for the job.
    ///
    /// - Parameters:
    ///   - address: The request's URL.
    ///   - pools: Where the connection comes from and goes to.
    func prepare(
        _ job: Job, at address: Address, pools: inout ConnectionPools
    ) throws(HTTPError) {
        self.job = job
        redirectCount = 0
        if poolIndex != address.poolIndex {
            try pools.join(easy, index: address.poolIndex)
            poolIndex = address.poolIndex
        }
        try configure(job, address, credentials: job.request.credentials(for: address))
    }

    /// Forgets the job and everything secret.
    ///
    /// - Parameter wasAnswered: Whether the handle may stay set up for more requests of the kind.
    func clear(wasAnswered: Bool) {
        job = nil
        address = nil
        failure = nil
        headers = []
        body = []
        if !wasAnswered || keptSettings == nil { forget() }
    }

    private func forget() {
        easy.reset()
        headerList = HeaderList()
        keptHeaders = []
        keptSettings = nil
    }

    /// Sets the handle up again where the answer is a redirect that is to be followed.
    ///
    /// - Returns: Whether the transfer goes on.
    func followRedirect() throws(HTTPError) -> Bool {
        guard let job, let address, [301, 302, 303, 307, 308].contains(status),
            job.request.followsRedirects,
            let location = headers.first(where: { $0.name == "location" })?.value
        else { return false }
        guard redirectCount < job.request.maximumRedirectCount else {
            throw HTTPError(
                .redirect, "\(address.origin) redirects more than \(redirectCount) times")
        }
        redirectCount += 1
        let destination = try address.resolving(location)
        let credentials = try job.request.credentials(redirectedFrom: address, to: destination)
        try configure(job, destination, credentials: credentials)
        return true
    }

    /// The answer, or why there is none.
    func outcome(_ code: CURLcode) -> Result<HTTPResponse, HTTPError> {
        if let failure { return .failure(failure) }
        guard code == CURLE_OK, let job else { return .failure(HTTPError(code, progress)) }
        let response = HTTPResponse(
            status: status, headers: headers, body: body,
            receivedByteCount: easy.largeInfo(CURLINFO_SIZE_DOWNLOAD_T),
            durationSeconds: job.started.duration(to: .now) / .seconds(1))
        return .success(response)
    }

    private var progress: HTTPError.Progress {
        HTTPError.Progress(
            origin: address?.origin ?? "", host: address?.host ?? "",
            timeout: job?.request.timeout ?? .zero,
            systemError: Int32(truncatingIfNeeded: easy.info(CURLINFO_OS_ERRNO)),
            isConnected: easy.largeInfo(CURLINFO_PRETRANSFER_TIME_T) > 0,
            hasAnswer: status != 0, bodyByteCount: body.count,
            detail: String(cString: errorText))
    }

    private func configure(
        _ job: Job, _ address: Address, credentials: HTTPRequest.Credentials
    ) throws(HTTPError) {
        self.address = address
        status = 0
        failure = nil
        headers.removeAll(keepingCapacity: true)
        body.removeAll(keepingCapacity: true)
        errorText.pointee = 0

        let remaining = Int64(ContinuousClock.now.duration(to: job.deadline) / .milliseconds(1))
        guard remaining > 0 else { throw HTTPError(CURLE_OPERATION_TIMEDOUT, progress) }
        let settings = KeptSettings(job.request, scheme: address.scheme, credentials)
        if settings == nil || settings != keptSettings {
            forget()
            try setEverything(job.request, address, credentials)
            keptSettings = settings
        } else if !job.request.hasHeaders(keptHeaders) {
            try setHeaders(job.request, credentials)
        }
        try easy.set(CURLOPT_URL, address.url)
        try easy.set(CURLOPT_TIMEOUT_MS, Int(remaining))
        try easy.set(CURLOPT_CONNECTTIMEOUT_MS, Int(remaining))
    }

    private func setEverything(
        _ request: HTTPRequest, _ address: Address, _ credentials: HTTPRequest.Credentials
    ) throws(HTTPError) {
        try easy.set(CURLOPT_NOSIGNAL, true)
        try easy.set(CURLOPT_BUFFERSIZE, Self.receiveByteCount)
        try easy.allowOnlyHTTP()
        try easy.detachNameLookups()
        try easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        // A proxy of the environment would see every service's page; none is used.
        try easy.set(CURLOPT_PROXY, "")
        if request.acceptsCompression { try easy.set(CURLOPT_ACCEPT_ENCODING, "gzip") }
        try setCallbacks()
        try setTLS(request.tls, scheme: address.scheme)
        try setMethod(request)
        try setHeaders(request, credentials)
    }

    private func setCallbacks() throws(HTTPError) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        try easy.set(CURLOPT_PRIVATE, context)
        try easy.set(CURLOPT_WRITEDATA, context)
        try easy.set(CURLOPT_HEADERDATA, context)
        try easy.set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
        try easy.set(CURLOPT_WRITEFUNCTION) { data, size, count, context in
            Transfer.from(context)?.receiveBody(data, byteCount: size * count) ?? 0
        }
        try easy.set(CURLOPT_HEADERFUNCTION) { data, size, count, context in
            Transfer.from(context)?.receiveHeader(data, byteCount: size * count) ?? 0
        }
    }

    private func setTLS(_ tls: HTTPRequest.TLS, scheme: String) throws(HTTPError) {
        guard scheme == "https" else { return }
        try easy.set(CURLOPT_SSL_VERIFYPEER, !tls.isInsecure)
        try easy.set(CURLOPT_SSL_VERIFYHOST, tls.isInsecure ? 0 : 2)
        try easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let path = tls.certificateAuthorityPath { try easy.set(CURLOPT_CAINFO, path) }
    }

    private func setMethod(_ request: HTTPRequest) throws(HTTPError) {
        guard !request.method.isEmpty, request.method.utf8.allSatisfy({ isTokenByte($0) }) else {
            throw HTTPError(.badRequest, "the request's method is not a word")
        }
        if let body = request.body {
            try easy.set(CURLOPT_POST, true)
            try easy.setBody(body)
            if request.method != "POST" { try easy.set(CURLOPT_CUSTOMREQUEST, request.method) }
        } else if request.method == "HEAD" {
            try easy.set(CURLOPT_NOBODY, true)
        } else if request.method == "POST" {
            try easy.set(CURLOPT_POST, true)
            try easy.setBody([])
        } else if request.method != "GET" {
            try easy.set(CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    private func setHeaders(
        _ request: HTTPRequest, _ credentials: HTTPRequest.Credentials
    ) throws(HTTPError) {
        var list = HeaderList()
        for (name, value) in request.headers {
            guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte),
                value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else { throw HTTPError(.badRequest, "header with a character that cannot be sent") }
            // libcurl reads "Name:" as "leave it out", and "Name;" as "send it empty".
            try list.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        if request.method == "POST" || request.body != nil {
            // Without these, libcurl invents a form's type and waits for "100 Continue".
            try list.append("Expect:")
            let hasType = request.headers.contains { $0.name.lowercased() == "content-type" }
            if !hasType { try list.append("Content-Type:") }
        }
        switch credentials {
        case .none:
            break
        case .bearer(let token):
            guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw HTTPError(.badRequest, "the bearer token has a character that cannot be sent")
            }
            try list.append("Authorization: Bearer \(token)")
        case .basic(let user, let password):
            guard !(user + password).utf8.contains(0) else {
                throw HTTPError(.badRequest, "user or password has a character that cannot be sent")
            }
            try easy.set(CURLOPT_HTTPAUTH, 1)  // CURLAUTH_BASIC
            try easy.set(CURLOPT_USERNAME, user)
            try easy.set(CURLOPT_PASSWORD, password)
        }
        try easy.set(CURLOPT_HTTPHEADER, list.pointer.map(UnsafeMutableRawPointer.init))
        headerList = list
        keptHeaders = request.headers
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }
}

extension Transfer {
    /// - Returns: The bytes taken; fewer than given ends the transfer.
    fileprivate func receiveBody(_ data: UnsafeMutablePointer<CChar>?, byteCount: Int) -> Int {
        guard let job, let address else { return 0 }
        guard byteCount <= job.request.maximumBodyByteCount - body.count else {
            failure = HTTPError(
                .tooLarge,
                "\(address.origin): the body is longer than \(job.request.maximumBodyByteCount) bytes"
            )
            return 0
        }
        if body.isEmpty { body.reserveCapacity(max(byteCount, announcedBodyByteCount)) }
        body.append(contentsOf: UnsafeRawBufferPointer(start: data, count: byteCount))
        return byteCount
    }

    /// What the server says that the body will have, as far as memory is set aside for its word.
    private var announcedBodyByteCount: Int {
        min(easy.largeInfo(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T), Self.maximumTrustedByteCount)
    }

    /// One line, its line feed included; called for each answer of a redirect, and for trailers.
    fileprivate func receiveHeader(_ data: UnsafeMutablePointer<CChar>?, byteCount: Int) -> Int {
        let line = UnsafeRawBufferPointer(start: data, count: byteCount)
        if line.starts(with: "HTTP/".utf8) {
            headers.removeAll(keepingCapacity: true)
            headerByteCount = 0
            status = easy.info(CURLINFO_RESPONSE_CODE)
        }
        headerByteCount += byteCount
        guard headerByteCount <= Self.maximumHeaderByteCount else {
            failure = HTTPError(
                .tooLarge,
                "\(address?.origin ?? ""): the headers are longer than "
                    + "\(Self.maximumHeaderByteCount) bytes")
            return 0
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else {
            return byteCount
        }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        headers.append((name, String(decoding: trimmed(line[(colon + 1)...]), as: UTF8.self)))
        return byteCount
    }

    private func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }),
            let last = bytes.lastIndex(where: { $0 > 0x20 })
        else { return bytes.prefix(0) }
        return bytes[first...last]
    }
}

/// RFC 9110 §5.6.2.
private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
