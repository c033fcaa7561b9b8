import Foundation

/// A store in a folder of its own that is removed afterwards.
enum TemporaryStore {
    static func with(_ body: (_ path: String) throws -> Void) throws {
        try TemporaryPath.with { folder in
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try body(folder + "/mlmon.db")
        }
    }
}
