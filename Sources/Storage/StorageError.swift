/// A database operation that failed.
package struct StorageError: Error, Equatable, CustomStringConvertible {
    /// SQLite's extended result code, or 0 where SQLite is not the cause.
    package let code: Int32
    /// What was being done: `appending 512 samples`.
    package let activity: String
    /// SQLite's own words, or ours with the remedy.
    package let message: String

    /// Another process owns the store; it can be opened read-only beside it.
    package let isOwnedElsewhere: Bool

    package init(
        code: Int32, activity: String, message: String, isOwnedElsewhere: Bool = false
    ) {
        self.code = code
        self.activity = activity
        self.message = message
        self.isOwnedElsewhere = isOwnedElsewhere
    }

    /// SQLITE_BUSY.
    static let ownedElsewhereCode: Int32 = 5

    /// Whether SQLite says that the file is damaged: SQLITE_CORRUPT in its low byte.
    var isDamage: Bool { code & 0xFF == 11 }

    package var description: String { "storage: \(activity): \(message)" }
}
