import Foundation

/// A name in the folder for temporary files that nothing else has.
enum TemporaryPath {
    /// Lends the path; what is there afterwards is removed.
    static func with<T>(_ body: (_ path: String) throws -> T) rethrows -> T {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "mlmon-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }
}
