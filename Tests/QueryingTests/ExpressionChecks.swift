import Testing

@testable import Querying

/// Checks of an expression's text that several suites make.
enum ExpressionChecks {
    /// The text is refused with a message that contains these words.
    static func isRefused(
        _ text: String, _ message: String, at location: SourceLocation = #_sourceLocation
    ) {
        #expect(sourceLocation: location) {
            try QueryExpression(parsing: text)
        } throws: {
            "\($0)".contains(message)
        }
    }

    /// The text is printed as it was written, and parses to the same again.
    static func isPrintedAsWritten(
        _ text: String, at location: SourceLocation = #_sourceLocation
    ) throws {
        let expression = try QueryExpression(parsing: text)
        #expect(expression.description == text, sourceLocation: location)
        #expect(
            try QueryExpression(parsing: expression.description) == expression,
            sourceLocation: location)
    }
}
