/// What is known about a service of which one only asks whether it answers.
package struct ProbeSummary: Equatable, Sendable {
    /// How long the answer took, now and over the grid.
    package var seconds: Double?
    package var history: [Double?]
    /// The last HTTP status; nil where no answer came.
    package var status: Int?

    package init(seconds: Double?, history: [Double?], status: Int?) {
        self.seconds = seconds
        self.history = history
        self.status = status
    }
}
