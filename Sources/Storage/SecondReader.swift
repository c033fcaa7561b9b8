import Dispatch
import GRDB
import Synchronization

/// A connection that reads beside the one of a query, so that a large read uses two cores.
///
/// Its state of the file is at least as new as that of a transaction that read before; what has
/// changed since is for the caller to tell. One read at a time: who finds it busy reads alone, so
/// that no two queries wait for each other.
final class SecondReader: Sendable {
    private let path: String
    private let configuration: Configuration
    /// Opened for the first read.
    private let connection = Mutex<DatabaseQueue?>(nil)
    private let threads = DispatchQueue(label: "mlmon.second-reader", attributes: .concurrent)

    /// - Parameter configuration: Of a connection that only reads.
    init(path: String, configuration: Configuration) {
        self.path = path
        self.configuration = configuration
    }

    /// Reads here and on another thread at once.
    ///
    /// - Returns: What `here` gave, and what `there` gave; nil where that could not be read, or the
    ///   connection is busy.
    func read<Here, There: Sendable>(
        _ there: @escaping @Sendable (Database) throws -> There, while here: () throws -> Here
    ) throws -> (Here, There?) {
        let isTaken = Mutex(false)
        let result = Mutex<There?>(nil)
        let done = DispatchSemaphore(value: 0)
        threads.async { [self] in
            if isTaken.withLock({ Self.exchange(&$0) }) { return }
            let found = connection.withLockIfAvailable { connection -> There? in
                if connection == nil {
                    connection = try? DatabaseQueue(path: path, configuration: configuration)
                }
                return try? connection?.read(there)
            }
            result.withLock { $0 = found ?? nil }
            done.signal()
        }
        let value = Result { try here() }
        // What no thread has begun is not waited for: all of them may be waiting themselves.
        if isTaken.withLock({ Self.exchange(&$0) }) { done.wait() }
        return (try value.get(), result.withLock { $0 })
    }

    /// Sets it, and tells what it was.
    private static func exchange(_ isTaken: inout Bool) -> Bool {
        defer { isTaken = true }
        return isTaken
    }

    /// The next read opens it again.
    func close() {
        connection.withLock { connection in
            try? connection?.close()
            connection = nil
        }
    }
}
