import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension HTTPError {
    /// How far a transfer got, for the message.
    struct Progress {
        /// `host:port`.
        var origin: String
        var host: String
        /// The whole deadline, as the caller gave it.
        var timeout: Duration
        /// `errno` of the last connect, or 0.
        var systemError: Int32 = 0
        var isConnected = false
        var hasAnswer = false
        var bodyByteCount = 0
        /// libcurl's own words; used only for what it says about certificates.
        var detail = ""
    }

    /// What a result code of libcurl means to someone who runs a service.
    init(_ code: CURLcode, _ progress: Progress) {
        let origin = progress.origin
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self.init(.resolve, "no address found for '\(progress.host)'; check the host name")
        case CURLE_COULDNT_CONNECT:
            self.init(.connect, "connecting to \(origin): \(Self.reason(progress.systemError))")
        case CURLE_OPERATION_TIMEDOUT:
            self.init(
                .timeout, "\(origin): no \(progress.missing) within \(progress.timeout.brief)")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_INITFAILED:
            self.init(.tls, "\(origin): \(Self.certificateProblem(code, progress.detail))")
        case CURLE_GOT_NOTHING:
            self.init(.interrupted, "\(origin) closed the connection without an answer")
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            self.init(.interrupted, "\(origin) reset the connection before its answer was complete")
        case CURLE_PARTIAL_FILE:
            self.init(
                .interrupted,
                "\(origin) closed the connection after \(progress.bodyByteCount) bytes of the body")
        case CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR:
            self.init(.malformed, "\(origin): the body is not compressed the way its headers say")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2:
            self.init(.malformed, "\(origin) does not answer in HTTP; check the port")
        default:
            self.init(
                .failure, "\(origin): \(String(cString: mlmon_easy_strerror(code)).lowercased())")
        }
    }

    private static func reason(_ systemError: Int32) -> String {
        switch systemError {
        case ECONNREFUSED: "connection refused; is the service running, and on that port?"
        case 0: "could not connect"
        default: String(cString: strerror(systemError)).lowercased()
        }
    }

    private static func certificateProblem(_ code: CURLcode, _ detail: String) -> String {
        if detail.contains("wrong version number") {
            return "does not speak TLS on that port; is it http://?"
        }
        // libcurl's text is written by itself and OpenSSL, but a certificate's name may be in it.
        let words = String(
            String.UnicodeScalarView(detail.unicodeScalars.filter { (0x20..<0x7F) ~= $0.value }))
        let text = words.isEmpty ? String(cString: mlmon_easy_strerror(code)).lowercased() : words
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION:
            return
                "certificate not trusted (\(text)); name the authority's PEM file for this service"
        case CURLE_SSL_CACERT_BADFILE:
            return "the PEM file of the certificate authority cannot be read"
        default:
            return "TLS failed: \(text)"
        }
    }
}

extension HTTPError.Progress {
    fileprivate var missing: String {
        if !isConnected { return "connection" }
        if !hasAnswer { return "answer" }
        return "end of the answer (\(bodyByteCount) bytes of the body came)"
    }
}

extension Duration {
    /// `10s`, `0.5s`.
    var brief: String {
        let milliseconds = Int64((self / .milliseconds(1)).rounded())
        let fraction = milliseconds % 1000
        if fraction == 0 { return "\(milliseconds / 1000)s" }
        return "\(Double(milliseconds) / 1000)s"
    }
}
