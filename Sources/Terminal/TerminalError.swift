/// Why the full screen could not be had.
package struct TerminalError: Error, Equatable, CustomStringConvertible {
    package let activity: String
    package let message: String

    package init(_ activity: String, _ message: String) {
        self.activity = activity
        self.message = message
    }

    package var description: String { "terminal: \(activity): \(message)" }
}
