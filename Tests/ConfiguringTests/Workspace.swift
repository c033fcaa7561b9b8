import Foundation
import Testing

@testable import Configuring

/// A temporary folder with a configuration and the files beside it.
final class Workspace {
    let folder: String

    init(_ files: [String: String] = [:]) throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("mlmon-configuration-\(UUID().uuidString)")
        folder = url.path + "/"
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for (name, text) in files { try write(text, to: name) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    func write(_ text: String, to name: String) throws {
        try write(Array(text.utf8), to: name)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let url = URL(fileURLWithPath: folder + name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    func load(environment: [String: String] = [:]) throws -> MonitorConfiguration {
        try MonitorConfiguration.load(path: folder + "mlmon.yaml", environment: environment)
    }

    /// The mistakes, one a line, with the folder left out.
    func mistakes(environment: [String: String] = [:]) -> [String] {
        do {
            _ = try MonitorConfiguration.load(
                path: folder + "mlmon.yaml", environment: environment)
            return []
        } catch {
            return error.diagnostics.map {
                $0.description.replacingOccurrences(of: folder, with: "")
            }
        }
    }
}

/// One text of a file and the mistakes that must be found in it.
struct MistakeCase: CustomTestStringConvertible, Sendable {
    let title: String
    let text: String
    let expected: [String]

    init(_ title: String, _ text: String, _ expected: String...) {
        self.title = title
        self.text = text
        self.expected = expected
    }

    var testDescription: String { title }

    /// A message whose end another target words is given up to `…`.
    func check(
        _ mistakes: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let agrees =
            mistakes.count == expected.count
            && zip(mistakes, expected).allSatisfy { mistake, expected in
                expected.hasSuffix("…")
                    ? mistake.hasPrefix(expected.dropLast()) && mistake.count >= expected.count
                    : mistake == expected
            }
        #expect(
            agrees, "\(mistakes.joined(separator: "\n"))", sourceLocation: sourceLocation)
    }
}
