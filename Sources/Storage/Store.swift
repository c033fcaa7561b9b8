import Foundation
import GRDB
import Querying
import Synchronization
import TimeSeries

/// The SQLite file with every sample, baseline, detector state and alert.
///
/// Samples go `append` → memory → `commit` → journal rows → `compact` → compressed blocks; readers
/// see journal and blocks as one. One process writes (an flock on a file beside the store says
/// which), any number read. All methods may be called from any thread; they block on the disk.
package final class Store: Sendable {
    package let options: StoreOptions
    /// Set where the file was damaged when it was opened, and replaced.
    package let recovery: StoreRecovery?
    /// More series that are read as if they were in the file; none of its own is among them.
    let underlay: (any SeriesSource & Sendable)?

    /// The connections. Its methods must not be called from within one another.
    let database: DatabasePool

    let buffer = Mutex(SampleBuffer(limit: Store.bufferedSampleLimit))
    /// Locked before the database, never from inside a transaction.
    let journalWriter = Mutex(JournalWriter())
    let catalog = Mutex(SeriesCatalog())
    let journalCache = JournalCache()
    let secondReader: SecondReader
    let readChunks = ChunkCounter()
    let compactor = Mutex(Compactor())
    let commits = Mutex(CommitLog())
    /// Rows that went because of the size limit, since the start.
    let removedForSize = Mutex(0)
    /// Set while the file cannot be written.
    let alertPlaneMemory = Mutex<AlertPlaneMemory?>(nil)
    /// Held by whoever changes the alert plane; locked before the database.
    let alertPlaneTurn = Mutex(())
    private let lock: Mutex<StoreLock?>

    /// 16 MiB of values: twenty seconds at 100,000 samples a second.
    private static let bufferedSampleLimit = 2_000_000
    static let busyTimeoutSeconds = 5.0
    /// Bytes that each connection may keep of the file.
    private static let cacheKibibytes = 2048
    private static let readerCount = 4
    static let pageByteCount = 4096

    /// Opens the store, creates or migrates it.
    ///
    /// - Parameter underlay: More series that are read as if they were in the file.
    /// - Throws: Where the file is not a store, is damaged, is of a newer mlmon, or is written by
    ///   another process already.
    package init(
        _ options: StoreOptions, over underlay: (any SeriesSource & Sendable)? = nil
    ) throws(StorageError) {
        self.options = options
        self.underlay = underlay
        secondReader = SecondReader(path: options.path, configuration: Self.readerConfiguration())
        lock = Mutex(options.isOwner ? try StoreLock(path: options.path) : nil)
        (database, recovery) = try Self.wrapping(
            "opening '\(options.path)'", path: options.path
        ) { () -> (DatabasePool, StoreRecovery?) in
            if !options.isOwner, !FileManager.default.fileExists(atPath: options.path) {
                throw StorageError(
                    code: ResultCode.SQLITE_CANTOPEN.rawValue,
                    activity: "opening '\(options.path)'",
                    message: "there is no such file; start 'mlmon run' first")
            }
            guard let complaint = try Self.checkFile(options) else {
                return (try Self.open(options), nil)
            }
            let damaged = try FileRescue.setAside(options.path)
            let database = try Self.open(options)
            let rowCount = try FileRescue.copy(from: damaged, to: database)
            let recovery = StoreRecovery(
                damagedPath: damaged, complaint: complaint, rowCount: rowCount)
            return (database, recovery)
        }
    }

    private static func open(_ options: StoreOptions) throws -> DatabasePool {
        let database = try DatabasePool(
            path: options.path, configuration: configuration(options))
        if !options.isReadOnly { try StoreSchema.migrator().migrate(database) }
        return database
    }

    /// Looks at the file before anything is written to it: opening it for writing alone would
    /// turn the database of another program to WAL.
    ///
    /// - Returns: What is damaged, where the owner should set the file aside; nil where nothing is.
    private static func checkFile(_ options: StoreOptions) throws -> String? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: options.path)
        let byteCount = (attributes?[.size] as? NSNumber)?.intValue ?? 0
        if byteCount == 0, !options.isReadOnly { return nil }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        do {
            let queue = try DatabaseQueue(path: options.path, configuration: configuration)
            defer { try? queue.close() }
            try queue.read { db in
                try StoreSchema.check(db, path: options.path, mustBeCurrent: options.isReadOnly)
            }
        } catch let error as DatabaseError
            where error.resultCode == .SQLITE_CORRUPT && options.isOwner
        {
            return error.message ?? "damaged"
        }
        return options.isOwner ? try FileRescue.complaint(about: options.path) : nil
    }

    /// Of a connection beside those of the pool.
    private static func readerConfiguration() -> Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.label = "mlmon second reader"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
        }
        return configuration
    }

    private static func configuration(_ options: StoreOptions) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = options.isReadOnly
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.maximumReaderCount = readerCount
        configuration.persistentReadOnlyConnections = true
        configuration.label = "mlmon store"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
            // Also the pool's own readers.
            if db.configuration.readonly { return }
            // The first two take effect only in a file that is still empty.
            try db.execute(
                sql: """
                    PRAGMA page_size = \(pageByteCount);
                    PRAGMA auto_vacuum = INCREMENTAL;
                    PRAGMA synchronous = NORMAL;
                    PRAGMA wal_autocheckpoint = \(CommitLog.checkpointPageCount);
                    PRAGMA journal_size_limit = \(CommitLog.walByteLimit);
                    """)
        }
        return configuration
    }

    /// Takes batches into memory, for the next commit. Cheap; never waits for the disk.
    ///
    /// Over the bound the oldest batches are dropped, and counted in `statistics()`.
    package func append(_ batches: [SampleBatch]) {
        buffer.withLock { $0.append(batches) }
    }

    /// Writes what was appended, in one transaction.
    ///
    /// Synchronous is NORMAL, and FULL for every tenth commit and when 5 seconds of samples have
    /// passed since the last that was: a crash of the machine loses no more.
    ///
    /// - Throws: Where the disk is full or fails, or a reader holds a log that is over its bound;
    ///   the samples then wait for the next commit.
    package func commit() throws(StorageError) {
        do throws(StorageError) {
            try boundLog()
        } catch {
            commits.withLock { $0.failed(error) }
            throw error
        }
        let taken = commits.withLock { log -> (batches: [SampleBatch], isDurable: Bool)? in
            let batches = buffer.withLock { $0.takeAll() }
            guard let last = batches.last else { return nil }
            return (batches, log.shouldBeDurable(at: last.at))
        }
        guard let (batches, isDurable) = taken else { return try saveAlertPlane() }
        let sampleCount = batches.reduce(0) { $0 + $1.values.count }
        let clock = ContinuousClock()
        let start = clock.now
        let failure = journalWriter.withLock { writer -> StorageError? in
            do throws(StorageError) {
                try write("appending samples", isDurable: isDurable) { db in
                    try writer.write(batches, in: db)
                }
                return nil
            } catch {
                writer = JournalWriter()
                return error
            }
        }
        if let failure {
            buffer.withLock { $0.putBack(batches) }
            commits.withLock { $0.failed(failure) }
            throw failure
        }
        commits.withLock { $0.finished(sampleCount: sampleCount, duration: clock.now - start) }
        try saveAlertPlane()
    }

    /// Commits what is left, empties the write-ahead log into the file and gives up the lock.
    /// Nothing may be called afterwards. Closing twice is allowed.
    package func close() throws(StorageError) {
        let isOpen = lock.withLock { $0 != nil }
        var failure: StorageError?
        secondReader.close()
        if isOpen {
            do throws(StorageError) {
                try commit()
                try Self.wrapping("checkpointing", path: options.path) {
                    _ = try database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
                }
            } catch {
                failure = error
            }
        }
        try Self.wrapping("closing", path: options.path) { try database.close() }
        lock.withLock { $0 = nil }
        if let failure { throw failure }
    }
}

extension Store {
    /// Writes in one transaction that is on the disk when this returns (synchronous FULL).
    ///
    /// - Parameters:
    ///   - activity: What is being done, for the error: `recording 3 alerts`.
    ///   - body: Must use only the connection it is given.
    func durableWrite<T>(
        _ activity: String, _ body: (Database) throws -> T
    ) throws(StorageError) -> T {
        try write(activity, isDurable: true, body)
    }

    func write<T>(
        _ activity: String, isDurable: Bool, _ body: (Database) throws -> T
    ) throws(StorageError) -> T {
        try Self.wrapping(activity, path: options.path) {
            try database.writeWithoutTransaction { db in
                if isDurable { try db.execute(sql: "PRAGMA synchronous = FULL") }
                defer { if isDurable { try? db.execute(sql: "PRAGMA synchronous = NORMAL") } }
                var result: T?
                try db.inTransaction(.immediate) {
                    result = try body(db)
                    return .commit
                }
                guard let result else { throw Damage("the transaction gave no result") }
                return result
            }
        }
    }

    /// Reads one consistent state of the file, without waiting for writers.
    func read<T>(
        _ activity: String, _ body: (Database) throws -> T
    ) throws(StorageError) -> T {
        try Self.wrapping(activity, path: options.path) { try database.read(body) }
    }

    /// What to do where the folder of a file may not be written: SQLite makes a file beside a
    /// store even to read it.
    private static func folderRemedy(_ path: String) -> String {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: path), access(folder, W_OK) != 0 else {
            return ""
        }
        return "; reading a store needs the right to write in '\(folder)': copy '\(path)' and its "
            + "-wal file, if there is one, to a folder of your own, or have its owner make a copy "
            + "with 'mlmon backup', which can be read anywhere"
    }

    /// Turns any error into ours, with what was being done.
    static func wrapping<T>(
        _ activity: String, path: String, _ body: () throws -> T
    ) throws(StorageError) -> T {
        do {
            return try body()
        } catch let error as StorageError {
            throw error
        } catch let error as DatabaseError {
            let code = error.extendedResultCode
            var message = error.message ?? code.description
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                message +=
                    "; '\(path)' is damaged: move it and its -wal file aside and start again, or "
                    + "recover what is left with: sqlite3 '\(path)' .recover"
            case .SQLITE_CANTOPEN, .SQLITE_READONLY:
                message += Self.folderRemedy(path)
            case .SQLITE_FULL:
                message += "; free some space, or set a smaller store.max_size"
            default: break
            }
            throw StorageError(code: code.rawValue, activity: activity, message: message)
        } catch let error as Damage {
            throw StorageError(
                code: 0, activity: activity, message: "'\(path)' is damaged: \(error.reason)")
        } catch {
            throw StorageError(code: 0, activity: activity, message: "\(error)")
        }
    }
}
