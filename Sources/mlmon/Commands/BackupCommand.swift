import ArgumentParser
import Storage

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the store into a new file, while 'mlmon run' goes on.",
        discussion: """
            The copy is one consistent state of the whole store, alerts and baselines included. It \
            appears under its name when it is complete; to restore, use it as the store.
            """)

    @Argument(help: "The file to make.", completion: .file())
    var file: String

    @OptionGroup var location: StoreLocation

    func run() throws {
        let store = try location.openForReading()
        let byteCount = try location.orFail { try store.backUp(to: file) }
        print("\(file): \(byteCount) bytes")
    }
}
