/// Why a metrics page was refused as a whole: where it went wrong and what should have stood there.
package struct ExpositionError: Error, Equatable, Sendable {
    /// From 1.
    package let line: Int
    /// In bytes, from 1.
    package let column: Int
    /// What stands there instead: printable, at most 40 characters; empty at the end of a line.
    package let token: String
    /// `a value`, `at most 20000 samples (the target's sample limit)`.
    package let expected: String
    /// The limit that was passed, where that is what is wrong.
    package let limit: Target.Limits.Kind?

    package init(
        line: Int, column: Int, token: String, expected: String, limit: Target.Limits.Kind? = nil
    ) {
        self.line = line
        self.column = column
        self.token = token
        self.expected = expected
        self.limit = limit
    }
}

extension ExpositionError: CustomStringConvertible {
    package var description: String {
        let found = token.isEmpty ? "nothing" : "'\(token)'"
        return "line \(line), column \(column): expected \(expected), found \(found)"
    }
}

extension ExpositionError {
    /// Bytes from outside as text that is safe to show: bounded, no control characters.
    static func printable(_ bytes: some Collection<UInt8>, limit: Int = 40) -> String {
        var text = ""
        for scalar in String(decoding: bytes.prefix(limit * 4), as: UTF8.self).unicodeScalars {
            if text.unicodeScalars.count == limit { return text + "…" }
            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            text.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return text
    }
}
