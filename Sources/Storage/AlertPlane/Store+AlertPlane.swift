extension Store {
    /// Runs `body` in one transaction that is on the disk when this returns, or in memory where the
    /// file cannot be written: see `AlertPlaneMemory`.
    ///
    /// - Parameter body: May run twice, the first time in vain.
    /// - Throws: What `body` throws, or `StorageError`; then nothing has changed.
    package func updateAlertPlane<Result>(
        _ activity: String, _ body: (AlertPlane) throws -> Result
    ) throws -> Result {
        var result: Result?
        try alertPlaneTurn.withLock { _ in
            do throws(StorageError) {
                result = try updateFile(activity, body)
            } catch {
                guard options.isOwner, error.isAboutWriting else { throw error }
                result = try Self.wrapping(activity, path: options.path) {
                    try memory(after: error).update(body)
                }
            }
        }
        guard let result else { throw Damage("the transaction gave no result") }
        return result
    }

    /// Runs `body` over one consistent state.
    package func readAlertPlane<Result>(
        _ activity: String, _ body: (AlertPlane) throws -> Result
    ) throws -> Result {
        if let memory = alertPlaneMemory.withLock({ $0 }) {
            return try Self.wrapping(activity, path: options.path) { try memory.read(body) }
        }
        return try read(activity) { database in try body(AlertPlane(database: database)) }
    }

    /// Writes the alert plane to the file where it is in memory.
    func saveAlertPlane() throws(StorageError) {
        if alertPlaneMemory.withLock({ $0 == nil }) { return }
        let failure = alertPlaneTurn.withLock { _ -> StorageError? in
            do throws(StorageError) {
                try updateFile("writing alerts back") { _ in }
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    private func updateFile<Result>(
        _ activity: String, _ body: (AlertPlane) throws -> Result
    ) throws(StorageError) -> Result {
        let memory = alertPlaneMemory.withLock { $0 }
        let result = try durableWrite(activity) { database in
            try memory?.write(to: database)
            return try body(AlertPlane(database: database))
        }
        if memory != nil { alertPlaneMemory.withLock { $0 = nil } }
        return result
    }

    private func memory(after failure: StorageError) throws -> AlertPlaneMemory {
        if let memory = alertPlaneMemory.withLock({ $0 }) { return memory }
        let memory = try read("reading the alert plane") { database in
            try AlertPlaneMemory(copyOf: database, after: failure)
        }
        alertPlaneMemory.withLock { $0 = memory }
        return memory
    }

    /// Alerts that are pending or firing, or were resolved in the last hour: firing ones first,
    /// then pending, then resolved; within a state the newest first.
    package func alerts() throws -> [AlertRecord] {
        let records = try readAlertPlane("reading alerts") { try $0.alerts() }.map(\.record)
        return records.sorted { a, b in
            let ranks = (Self.rank(of: a), Self.rank(of: b))
            if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
            let times = (Self.lastChange(of: a), Self.lastChange(of: b))
            if times.0 != times.1 { return times.0 > times.1 }
            return a.fingerprint < b.fingerprint
        }
    }

    /// The newest messages of the outbox, newest first, delivered and dead ones included.
    package func outbox(limit: Int = 1_000) throws -> [OutboxRecord] {
        try readAlertPlane("reading the outbox") { try $0.messages(limit: limit) }
    }

    private static func rank(of alert: AlertRecord) -> Int {
        switch alert.state {
        case .firing: 0
        case .pending: 1
        case .resolved: 2
        }
    }

    private static func lastChange(of alert: AlertRecord) -> Int64 {
        alert.resolvedAtMilliseconds ?? alert.firingSinceMilliseconds
            ?? alert.pendingSinceMilliseconds
    }
}
