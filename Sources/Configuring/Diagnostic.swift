/// One mistake in a file, where it stands and what would be right.
package struct Diagnostic: Hashable, Sendable {
    /// As the user would open it: relative where the configuration's path was.
    package let file: String
    /// Counted from 1; 0 where the mistake is about the file as a whole.
    package let line: Int
    /// In Unicode scalars, counted from 1; 0 where the mistake is about the file as a whole.
    package let column: Int
    /// Lower case, no full stop, the offending value quoted, the remedy where there is one.
    package let message: String

    package init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `mlmon.yaml:3:5: unknown key 'retension'; did you mean 'retention'?`
    package var description: String {
        line == 0 ? "\(file): \(message)" : "\(file):\(line):\(column): \(message)"
    }
}

/// Every mistake of a configuration and of the files that it names.
package struct ConfigurationErrors: Error, Equatable {
    /// File by file in the order in which they are read, top to bottom within one; not empty.
    package let diagnostics: [Diagnostic]

    package init(diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
    }
}

extension ConfigurationErrors: CustomStringConvertible {
    /// One line for each mistake.
    package var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}

/// The mistakes found so far, bounded so that a hostile file cannot fill the memory with them.
final class DiagnosticLog {
    static let maximumCount = 500

    private var files: [String] = []
    private var diagnostics: [Diagnostic] = []

    var isEmpty: Bool { diagnostics.isEmpty }

    func report(_ message: String, in file: String, at position: Position?) {
        guard diagnostics.count < Self.maximumCount else { return }
        if !files.contains(file) { files.append(file) }
        diagnostics.append(
            Diagnostic(
                file: file, line: position?.line ?? 0, column: position?.column ?? 0,
                message: message))
    }

    /// In the order of files as they were first read, and within one from top to bottom.
    var sorted: [Diagnostic] {
        let order = Dictionary(uniqueKeysWithValues: zip(files, files.indices))
        let keyed = diagnostics.map { diagnostic in
            (rank: order[diagnostic.file] ?? 0, diagnostic: diagnostic)
        }
        return keyed.sorted { a, b in
            (a.rank, a.diagnostic.line, a.diagnostic.column, a.diagnostic.message)
                < (b.rank, b.diagnostic.line, b.diagnostic.column, b.diagnostic.message)
        }.map(\.diagnostic)
    }
}

/// A place in a file, line and column counted from 1.
struct Position: Hashable, Sendable {
    var line: Int
    var column: Int
}

/// A value of a file as messages show it: in single quotes, at most 80 characters, and with nothing
/// that a terminal would obey.
func shown(_ value: some StringProtocol) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
        if text.count >= 80 { return "'\(text)…'" }
        switch scalar {
        case "\n": text += "\\n"
        case "\t": text += "\\t"
        case _
        where scalar.properties.generalCategory == .control
            || scalar.properties.generalCategory == .format:
            text += "\\u{\(String(scalar.value, radix: 16))}"
        default: text.unicodeScalars.append(scalar)
        }
    }
    return "'\(text)'"
}
