import CCurl

/// One transfer's libcurl handle, cleaned up when the value is destroyed.
struct EasyHandle: ~Copyable {
    let pointer: OpaquePointer

    init() throws(HTTPError) {
        guard let pointer = mlmon_easy_init() else {
            throw HTTPError(.failure, "libcurl could not create a transfer")
        }
        self.pointer = pointer
    }

    deinit { mlmon_easy_cleanup(pointer) }

    /// Forgets every option, credentials among them; connections and name look-ups stay.
    func reset() {
        mlmon_easy_reset(pointer)
    }

    func set(_ option: CURLoption, _ value: Int) throws(HTTPError) {
        try check(mlmon_setopt_long(pointer, option, value), option)
    }

    func set(_ option: CURLoption, _ value: Bool) throws(HTTPError) {
        try set(option, value ? 1 : 0)
    }

    /// libcurl copies the string.
    func set(_ option: CURLoption, _ value: String) throws(HTTPError) {
        try check(mlmon_setopt_string(pointer, option, value), option)
    }

    /// - Parameter value: Must live until the transfer ends or the handle is reset.
    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) throws(HTTPError) {
        try check(mlmon_setopt_pointer(pointer, option, value), option)
    }

    func set(
        _ option: CURLoption, _ callback: @escaping mlmon_data_callback
    ) throws(HTTPError) {
        try check(mlmon_setopt_data_callback(pointer, option, callback), option)
    }

    /// libcurl copies the bytes.
    func setBody(_ body: [UInt8]) throws(HTTPError) {
        try check(
            mlmon_setopt_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)),
            CURLOPT_POSTFIELDSIZE_LARGE)
        let code = body.withUnsafeBytes { bytes in
            // An empty body still needs a pointer, or libcurl reads the body from a callback.
            guard let start = bytes.baseAddress else {
                return mlmon_setopt_string(pointer, CURLOPT_COPYPOSTFIELDS, "")
            }
            return mlmon_setopt_pointer(
                pointer, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
        }
        try check(code, CURLOPT_COPYPOSTFIELDS)
    }

    func allowOnlyHTTP() throws(HTTPError) {
        try check(mlmon_allow_only_http(pointer), CURLOPT_PROTOCOLS)
    }

    /// Lets a name look-up that hangs go on alone when its transfer ends, where libcurl can.
    func detachNameLookups() throws(HTTPError) {
        try check(mlmon_detach_name_lookups(pointer), CURLOPT_DNS_CACHE_TIMEOUT)
    }

    /// 0 where libcurl does not know.
    func info(_ info: CURLINFO) -> Int {
        var value = 0
        return mlmon_getinfo_long(pointer, info, &value) == CURLE_OK ? value : 0
    }

    /// 0 where libcurl does not know.
    func largeInfo(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        return mlmon_getinfo_offset(pointer, info, &value) == CURLE_OK ? Int(value) : 0
    }

    private func check(_ code: CURLcode, _ option: CURLoption) throws(HTTPError) {
        guard code == CURLE_OK else {
            let reason = String(cString: mlmon_easy_strerror(code)).lowercased()
            throw HTTPError(.failure, "libcurl option \(option.rawValue): \(reason)")
        }
    }
}

/// A `curl_slist`, freed when the value is destroyed.
struct HeaderList: ~Copyable {
    private(set) var pointer: UnsafeMutablePointer<curl_slist>?

    init() {}

    deinit { mlmon_slist_free_all(pointer) }

    mutating func append(_ line: String) throws(HTTPError) {
        guard let extended = mlmon_slist_append(pointer, line) else {
            throw HTTPError(.failure, "out of memory")
        }
        pointer = extended
    }
}
