import Foundation
import Synchronization

/// An HTTP/1.1 server on a loopback port, on threads of its own, that answers as it is told and
/// misbehaves where the test wants it to.
///
///     let server = try TestServer { request in
///         request.path == "/metrics" ? .text("up 1\n") : .status(404)
///     }
///     …
///     let flaky = try TestServer(replies: [.status(503), .status(503), .status(200)])
///     let received = await flaky.requests(atLeast: 3)
package final class TestServer: Sendable {
    /// One request as it arrived.
    package struct Request: Sendable {
        package let method: String
        /// With the query.
        package let target: String
        /// Names lower-case.
        package let headers: [(name: String, value: String)]
        package let body: [UInt8]
        /// Which connection it came on, counted from 0.
        package let connectionIndex: Int

        package var path: String { String(target.prefix { $0 != "?" }) }
        package var text: String { String(decoding: body, as: UTF8.self) }

        /// The first header of that name.
        package func header(_ name: String) -> String? {
            headers.first { $0.name == name.lowercased() }?.value
        }
    }

    package let port: Int

    private struct State {
        var requests: [Request] = []
        var connectionCount = 0
        var openSockets: Set<Int32> = []
        var isStopped = false
    }

    private let listener: Int32
    private let state = Mutex(State())
    private let respond: @Sendable (Request) -> Reply

    /// Starts listening; the port answers when the initialiser returns.
    ///
    /// - Parameters:
    ///   - port: 0 picks a free one; another reopens the port of a server that was stopped.
    ///   - respond: Called on a thread of the connection, possibly several at a time.
    package init(port: Int = 0, respond: @escaping @Sendable (Request) -> Reply) throws {
        self.respond = respond
        (listener, self.port) = try Socket.listening(port: port)
        let listener = listener
        Thread.detachNewThread { [weak self] in
            while let socket = Socket.accepted(from: listener) {
                guard let self, let index = self.opened(socket) else {
                    close(socket)
                    continue
                }
                Thread.detachNewThread { self.serve(socket, index: index) }
            }
            close(listener)
        }
    }

    /// Answers in that order; the last one answers whatever comes after.
    package convenience init(port: Int = 0, replies: [Reply]) throws {
        let next = Mutex(0)
        try self.init(port: port) { _ in
            let index = next.withLock { next in
                defer { next += 1 }
                return min(next, replies.count - 1)
            }
            return index < 0 ? .status(200) : replies[index]
        }
    }

    deinit { stop() }

    package func url(_ target: String = "/metrics") -> String {
        "http://127.0.0.1:\(port)\(target)"
    }

    /// Everything received so far, in order.
    package var requests: [Request] { state.withLock { $0.requests } }

    /// How many connections were accepted so far; with keep-alive fewer than requests.
    package var connectionCount: Int { state.withLock { $0.connectionCount } }

    /// Connections that neither side has closed yet.
    package var openConnectionCount: Int { state.withLock { $0.openSockets.count } }

    /// Waits, at most 10 seconds, until that many requests came, and returns what came.
    package func requests(atLeast count: Int) async -> [Request] {
        await eventually { self.requests.count >= count }
        return requests
    }

    /// Closes the port and every connection; clients are refused from here on.
    package func stop() {
        state.withLock { state in
            if state.isStopped { return }
            state.isStopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            for socket in state.openSockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Closes the connections that stand idle or busy; new ones are accepted.
    package func dropConnections() {
        state.withLock { state in
            for socket in state.openSockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// A port that refuses: nobody listens, and no other test is given it.
    ///
    /// Ports asked of the kernel lie above 32768; these lie below, each handed out once.
    package static func refusingPort() throws -> Int {
        for _ in 0..<1_000 {
            let port = nextRefusingPort.withLock { next -> Int in
                next = next >= 31_999 ? 20_000 : next + 1
                return next
            }
            guard let (socket, _) = try? Socket.listening(port: port) else { continue }
            close(socket)
            return port
        }
        throw POSIXError(.EADDRINUSE)
    }

    private static let nextRefusingPort = Mutex(20_000 + Int(getpid()) % 12_000)

    private func opened(_ socket: Int32) -> Int? {
        state.withLock { state in
            if state.isStopped { return nil }
            state.openSockets.insert(socket)
            state.connectionCount += 1
            return state.connectionCount - 1
        }
    }

    private func serve(_ socket: Int32, index: Int) {
        let connection = TestConnection(socket: socket)
        var isKept = true
        while isKept, let head = connection.readHead() {
            let request = Request(
                method: head.method, target: head.target, headers: head.headers,
                body: connection.readBody(of: head), connectionIndex: index)
            state.withLock { $0.requests.append(request) }
            let reply = respond(request)
            isKept = connection.send(reply, to: request)
        }
        state.withLock { state in
            _ = state.openSockets.remove(socket)
            close(socket)
        }
    }
}
