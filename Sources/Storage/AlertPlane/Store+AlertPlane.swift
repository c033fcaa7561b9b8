extension Store {
    /// Runs `body` in one transaction that is on the disk when this returns.
    ///
    /// - Throws: What `body` throws, or `StorageError`; then nothing has changed.
    package func updateAlertPlane<Result>(
        _ activity: String, _ body: (AlertPlane) throws -> Result
    ) throws -> Result {
        try durableWrite(activity) { database in try body(AlertPlane(database: database)) }
    }

    /// Runs `body` over one consistent state.
    package func readAlertPlane<Result>(
        _ activity: String, _ body: (AlertPlane) throws -> Result
    ) throws -> Result {
        try read(activity) { database in try body(AlertPlane(database: database)) }
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
