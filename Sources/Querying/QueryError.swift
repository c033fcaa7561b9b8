/// A mistake in an expression, or a reason why it could not be evaluated.
package struct QueryError: Error, Equatable {
    /// The error types of Prometheus' HTTP API that a query can end with.
    package enum Kind: String, Sendable {
        /// The expression or a parameter is wrong; the same question will fail again.
        case badData = "bad_data"
        /// The data or a limit does not allow an answer.
        case execution
        case timeout
        case canceled
    }

    /// Where in the expression, both counted from 1; columns count bytes.
    package struct Position: Hashable, Sendable {
        package var line: Int
        package var column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    package let kind: Kind
    package let message: String
    package let position: Position?

    package init(_ kind: Kind, _ message: String, at position: Position? = nil) {
        self.kind = kind
        self.message = message
        self.position = position
    }
}

extension QueryError: CustomStringConvertible {
    /// As Prometheus words it: `1:5: parse error: unexpected end of input`.
    package var description: String {
        guard kind == .badData, let position else { return message }
        return "\(position.line):\(position.column): parse error: \(message)"
    }
}
