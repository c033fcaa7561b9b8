import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The right to write one store: an exclusive `flock` on the file `<store>.lock` beside it.
///
/// The kernel releases it with the process, however that ends. The file itself stays, and says in
/// its one line who holds the lock, or held it last.
struct StoreLock: ~Copyable {
    private let descriptor: Int32

    /// - Throws: Where another store of any process holds the lock, with its pid and host; where
    ///   the file cannot be created.
    init(path: String) throws(StorageError) {
        let lockPath = path + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Self.failure("cannot open '\(lockPath)': \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let owner = Self.owner(descriptor)
            close(descriptor)
            throw StorageError(
                code: StorageError.ownedElsewhereCode, activity: "locking the store",
                message:
                    "'\(path)' is being written by \(owner); stop it, or open the store read-only",
                isOwnedElsewhere: true)
        }
        self.descriptor = descriptor
        let line = "process \(getpid()) on \(Self.hostName)\n"
        ftruncate(descriptor, 0)
        _ = line.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    }

    deinit {
        close(descriptor)
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "this host" }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func owner(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let line = bytes.prefix(max(count, 0)).prefix { $0 >= 0x20 && $0 < 0x7F }
        return line.isEmpty ? "another process" : String(decoding: line, as: UTF8.self)
    }

    private static func failure(_ message: String) -> StorageError {
        StorageError(code: 0, activity: "locking the store", message: message)
    }
}
