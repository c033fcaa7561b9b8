import Foundation
import GRDBSQLite
import Synchronization

/// A disk that fails when told to: stands before SQLite's own file system, for the files of one
/// folder at a time.
///
/// Every read, write, sync and truncation of a file that was opened while its folder was watched is
/// counted, and fails from a chosen one on, once or until the disk is well again.
enum FaultyDisk {
    enum Operation: CaseIterable, Sendable {
        case read, write, sync, truncate
    }

    struct Fault: Sendable, CustomStringConvertible {
        var operation: Operation
        /// What SQLite is told: `SQLITE_IOERR_WRITE`, `SQLITE_FULL`…
        var code: Int32
        /// Half of the bytes are read or written before the failure.
        var isPartial = false
        /// Every later operation of the kind fails as well.
        var lasts = false

        var description: String {
            "\(operation) gives \(code)\(isPartial ? " half-way" : "")\(lasts ? " for long" : "")"
        }
    }

    private struct State {
        var folder: String?
        var fault: Fault?
        var countdown = 0
        var counts: [Operation: Int] = [:]
        /// Tables of methods by the address of those they stand before.
        var methods: [UInt: UInt] = [:]
    }

    private struct Methods {
        var own: sqlite3_io_methods
        let original: UnsafePointer<sqlite3_io_methods>
    }

    private static let state = Mutex(State())
    nonisolated(unsafe) private static let system: UnsafeMutablePointer<sqlite3_vfs>? =
        sqlite3_vfs_find(nil)
    /// Once a process.
    private static let isInstalled: Bool = install()

    /// Files opened in the folder from now on may fail.
    static func watch(_ folder: String) {
        _ = isInstalled
        state.withLock {
            $0.folder = folder
            $0.fault = nil
            $0.counts = [:]
        }
    }

    /// The operation with this number, counted from 0 and from now on, fails.
    static func fail(_ fault: Fault, after count: Int) {
        state.withLock {
            $0.fault = fault
            $0.countdown = count
        }
    }

    static func heal() {
        state.withLock { $0.fault = nil }
    }

    /// Operations since the folder is watched.
    static func count(of operation: Operation) -> Int {
        state.withLock { $0.counts[operation] ?? 0 }
    }

    private static func fault(_ operation: Operation) -> Fault? {
        state.withLock { state in
            state.counts[operation, default: 0] += 1
            guard let fault = state.fault, fault.operation == operation else { return nil }
            defer { state.countdown -= 1 }
            return state.countdown == 0 || (state.countdown < 0 && fault.lasts) ? fault : nil
        }
    }

    // MARK: SQLite

    private static func install() -> Bool {
        guard let system else { return false }
        let own = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        own.initialize(to: system.pointee)
        own.pointee.zName = UnsafePointer(strdup("faulty"))
        own.pointee.xOpen = { _, name, file, flags, outFlags in
            guard let open = FaultyDisk.system?.pointee.xOpen else { return SQLITE_CANTOPEN }
            let code = open(FaultyDisk.system, name, file, flags, outFlags)
            if code == SQLITE_OK, let name, let file, FaultyDisk.isWatched(String(cString: name)) {
                file.pointee.pMethods = FaultyDisk.methods(before: file.pointee.pMethods)
            }
            return code
        }
        return sqlite3_vfs_register(own, 1) == SQLITE_OK
    }

    private static func isWatched(_ path: String) -> Bool {
        state.withLock { state in state.folder.map { path.hasPrefix($0) } ?? false }
    }

    private static func methods(
        before original: UnsafePointer<sqlite3_io_methods>?
    ) -> UnsafePointer<sqlite3_io_methods>? {
        guard let original else { return nil }
        return state.withLock { state in
            let key = UInt(bitPattern: original)
            if let known = state.methods[key] { return UnsafePointer(bitPattern: known) }
            let table = UnsafeMutablePointer<Methods>.allocate(capacity: 1)
            table.initialize(to: Methods(own: failing(original.pointee), original: original))
            state.methods[key] = UInt(bitPattern: table)
            return UnsafePointer(bitPattern: UInt(bitPattern: table))
        }
    }

    private static func failing(_ original: sqlite3_io_methods) -> sqlite3_io_methods {
        var own = original
        own.xRead = { file, buffer, count, offset in
            guard let call = FaultyDisk.methods(of: file)?.xRead else { return SQLITE_IOERR }
            guard let fault = FaultyDisk.fault(.read) else {
                return call(file, buffer, count, offset)
            }
            if fault.isPartial { _ = call(file, buffer, count / 2, offset) }
            return fault.code
        }
        own.xWrite = { file, buffer, count, offset in
            guard let call = FaultyDisk.methods(of: file)?.xWrite else { return SQLITE_IOERR }
            guard let fault = FaultyDisk.fault(.write) else {
                return call(file, buffer, count, offset)
            }
            if fault.isPartial { _ = call(file, buffer, count / 2, offset) }
            return fault.code
        }
        own.xSync = { file, flags in
            guard let call = FaultyDisk.methods(of: file)?.xSync else { return SQLITE_IOERR }
            return FaultyDisk.fault(.sync)?.code ?? call(file, flags)
        }
        own.xTruncate = { file, size in
            guard let call = FaultyDisk.methods(of: file)?.xTruncate else { return SQLITE_IOERR }
            return FaultyDisk.fault(.truncate)?.code ?? call(file, size)
        }
        return own
    }

    private static func methods(
        of file: UnsafeMutablePointer<sqlite3_file>?
    ) -> sqlite3_io_methods? {
        guard let table = file?.pointee.pMethods else { return nil }
        // The table of methods is the first member of `Methods`.
        return UnsafeRawPointer(table).assumingMemoryBound(to: Methods.self).pointee
            .original.pointee
    }
}
