import CCurl

/// libcurl's set of running transfers, with the connections that are kept between them.
struct MultiHandle: ~Copyable {
    let pointer: OpaquePointer

    init(maximumIdleConnectionCount: Int) throws(HTTPError) {
        guard let pointer = mlmon_multi_init() else {
            throw HTTPError(.failure, "libcurl could not start; too many open files?")
        }
        self.pointer = pointer
        mlmon_multi_setopt_long(pointer, CURLMOPT_MAXCONNECTS, maximumIdleConnectionCount)
    }

    deinit { mlmon_multi_cleanup(pointer) }

    func add(_ easy: borrowing EasyHandle) throws(HTTPError) {
        try check(mlmon_multi_add_handle(pointer, easy.pointer), "starting a transfer")
    }

    /// Ends the transfer where it still runs, and closes its connection then.
    func remove(_ easy: borrowing EasyHandle) {
        mlmon_multi_remove_handle(pointer, easy.pointer)
    }

    /// Does what can be done without waiting.
    func perform() throws(HTTPError) {
        var runningCount: Int32 = 0
        try check(mlmon_multi_perform(pointer, &runningCount), "transferring")
    }

    /// Waits for a socket, a wake-up, libcurl's own timers or the time given.
    func poll(for duration: Duration) throws(HTTPError) {
        let milliseconds = Int32(clamping: Int64(duration / .milliseconds(1)) + 1)
        try check(mlmon_multi_poll(pointer, milliseconds), "waiting")
    }

    /// The next transfer that ended: its handle and result.
    func nextFinished() -> (easy: OpaquePointer, result: CURLcode)? {
        var remaining: Int32 = 0
        while let message = mlmon_multi_info_read(pointer, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else {
                continue
            }
            return (easy, mlmon_message_result(message))
        }
        return nil
    }

    private func check(_ code: CURLMcode, _ activity: String) throws(HTTPError) {
        guard code == CURLM_OK else {
            let reason = String(cString: mlmon_multi_strerror(code)).lowercased()
            throw HTTPError(.failure, "libcurl, \(activity): \(reason)")
        }
    }
}
