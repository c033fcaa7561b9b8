import GRDB

/// Whether what is collected reaches the disk.
package enum StoreCondition: Sendable, Equatable {
    case sound
    /// No room on the disk, or in the file's own limit; samples and alerts wait in memory.
    case diskFull(String)
    /// Commits fail for another reason; samples and alerts wait in memory.
    case failing(String)

    init(_ failure: StorageError?) {
        switch failure {
        case nil: self = .sound
        case .some(let failure) where failure.code & 0xFF == ResultCode.SQLITE_FULL.rawValue:
            self = .diskFull(failure.description)
        case .some(let failure): self = .failing(failure.description)
        }
    }

    /// SQLite's words and the remedy; nil where all is well.
    package var message: String? {
        switch self {
        case .sound: nil
        case .diskFull(let message), .failing(let message): message
        }
    }
}

extension Store {
    /// How the last commit went, of samples or of the alert plane. Ends by itself with the next one
    /// that succeeds.
    package var condition: StoreCondition {
        let failure = commits.withLock { $0.failure }
        return StoreCondition(failure ?? alertPlaneMemory.withLock { $0?.failure })
    }
}
