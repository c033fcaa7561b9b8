import Foundation

#if canImport(Glibc)
    private let streamType = Int32(SOCK_STREAM.rawValue)
    private let noSignal = Int32(MSG_NOSIGNAL)
#else
    private let streamType = SOCK_STREAM
    private let noSignal: Int32 = 0
#endif

/// The few socket calls the test server needs, blocking.
enum Socket {
    struct Failure: Error {
        let call: String
        let code: Int32
    }

    /// A listening loopback socket and its port.
    static func listening(port: Int) throws -> (socket: Int32, port: Int) {
        let socket = Foundation.socket(AF_INET, streamType, 0)
        guard socket >= 0 else { throw Failure(call: "socket", code: errno) }
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = loopback(port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && listen(socket, 1024) == 0
                    && getsockname(socket, address, &length) == 0
            }
        }
        guard bound else {
            let code = errno
            close(socket)
            throw Failure(call: "bind", code: code)
        }
        return (socket, Int(in_port_t(bigEndian: address.sin_port)))
    }

    /// A connection to a port of the loopback.
    static func connected(to port: Int) throws -> Int32 {
        let socket = Foundation.socket(AF_INET, streamType, 0)
        guard socket >= 0 else { throw Failure(call: "socket", code: errno) }
        var address = loopback(port)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            let code = errno
            close(socket)
            throw Failure(call: "connect", code: code)
        }
        return socket
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }

    /// The next connection, or nil when the listener was shut down.
    static func accepted(from listener: Int32) -> Int32? {
        while true {
            let socket = accept(listener, nil, nil)
            if socket >= 0 {
                // Head and body are written apart; the body must not wait for an acknowledgement.
                var on: Int32 = 1
                let length = socklen_t(MemoryLayout<Int32>.size)
                setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, length)
                return socket
            }
            guard errno == EINTR || errno == ECONNABORTED else { return nil }
        }
    }

    /// At least one byte, or nil at the end.
    static func read(_ socket: Int32, byteCount: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        while true {
            let count = recv(socket, &bytes, byteCount, 0)
            if count > 0 { return Array(bytes.prefix(count)) }
            guard count < 0, errno == EINTR else { return nil }
        }
    }

    /// - Returns: Whether all of it was taken.
    static func write(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(socket, $0.baseAddress.map { $0 + sent }, bytes.count - sent, noSignal)
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// Makes the coming `close` send a reset instead of an orderly end.
    static func resetsOnClose(_ socket: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Reads and forgets until the other side closes or the server stops.
    static func waitForPeerToLeave(_ socket: Int32) {
        while read(socket, byteCount: 1024) != nil {}
    }
}
