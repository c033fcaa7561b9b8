import CCurl

/// libcurl, which is loaded when first needed.
enum CurlLibrary {
    /// - Throws: `HTTPError` of the kind `failure` where it is not installed or too old.
    static func load() throws(HTTPError) {
        if let problem { throw problem }
    }

    /// A static: Swift computes it once, whoever asks first.
    private static let problem: HTTPError? = {
        guard let text = mlmon_curl_load() else { return nil }
        return HTTPError(
            .failure,
            "libcurl cannot be used (\(String(cString: text))); install it, for example with "
                + "'apt-get install libcurl4'")
    }()
}
