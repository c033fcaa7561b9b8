import TimeSeries

/// A reference distribution that windows are compared with.
package struct BaselineRecord: Codable, Sendable, Equatable {
    package enum Origin: String, Codable, Sendable {
        /// The first windows after a version appeared.
        case learned
        /// A span that was chosen by hand.
        case pinned
        /// A span that the configuration names.
        case configured
        /// A file that the configuration names.
        case file
    }

    /// Given by the store; nil before it is inserted.
    package var id: Int64?
    package var service: String
    package var model: String
    package var version: String
    /// `prediction` for class counters, `score` for the score histogram.
    package var feature: String
    package var origin: Origin
    package var createdMilliseconds: Int64
    package var fromMilliseconds: Int64
    package var throughMilliseconds: Int64
    /// Class names, or upper bounds in ascending order as PromQL writes `le`.
    package var bins: [String]
    /// Observations in each bin (not cumulative).
    package var counts: [Double]
    /// Counts of the reference's own windows, oldest first, each as long as `bins`; may be empty.
    package var windows: [[Double]]
    /// The middle of each of `windows`; nil where it is not known.
    package var windowMilliseconds: [Int64]?

    package init(
        id: Int64? = nil, service: String, model: String, version: String, feature: String,
        origin: Origin, createdMilliseconds: Int64, fromMilliseconds: Int64,
        throughMilliseconds: Int64, bins: [String], counts: [Double], windows: [[Double]] = [],
        windowMilliseconds: [Int64]? = nil
    ) {
        self.id = id
        self.service = service
        self.model = model
        self.version = version
        self.feature = feature
        self.origin = origin
        self.createdMilliseconds = createdMilliseconds
        self.fromMilliseconds = fromMilliseconds
        self.throughMilliseconds = throughMilliseconds
        self.bins = bins
        self.counts = counts
        self.windows = windows
        self.windowMilliseconds = windowMilliseconds
    }
}

/// Tells whether the baselines are those that were read before.
package struct BaselineMark: Equatable, Sendable {
    let count: Int
    let newest: Int64?
}
