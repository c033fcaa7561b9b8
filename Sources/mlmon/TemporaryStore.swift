import Foundation

/// A store in a folder of its own that is removed afterwards.
enum TemporaryStore {
    static func with(_ body: (_ path: String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "mlmon-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appending(path: "mlmon.db").path)
    }
}
