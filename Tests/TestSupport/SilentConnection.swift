import Foundation

/// A client that opens a connection, sends something, and then nothing more.
package final class SilentConnection {
    private let socket: Int32

    /// - Throws: Where the port of the loopback takes no connection.
    package init(port: Int, sending text: String) throws {
        socket = try Socket.connected(to: port)
        _ = Socket.write(Array(text.utf8), to: socket)
    }

    deinit { close(socket) }
}
