import Querying
import Synchronization
import TimeSeries

/// A `SignalSource` with its selectors taken apart.
struct SourceMatcher: Sendable {
    let source: SignalSource
    let scale: SignalScale
    private let name: [LabelMatcher]
    private let labels: [LabelMatcher]
    private let countName: [LabelMatcher]
    private let countLabels: [LabelMatcher]

    /// - Returns: nil where a selector does not parse; configured ones were checked before.
    init?(_ source: SignalSource) {
        self.source = source
        scale = SignalScale(source.scale)
        guard let matchers = Self.matchers(source.selector) else { return nil }
        name = matchers.filter { $0.name == LabelSet.metricNameLabel }
        labels = matchers.filter { $0.name != LabelSet.metricNameLabel }
        guard let counting = source.countSelector.map(Self.matchers) else {
            (countName, countLabels) = ([], [])
            return
        }
        guard let counting else { return nil }
        countName = counting.filter { $0.name == LabelSet.metricNameLabel }
        countLabels = counting.filter { $0.name != LabelSet.metricNameLabel }
    }

    private static func matchers(_ selector: String) -> [LabelMatcher]? {
        do {
            return try QueryExpression(parsing: selector).selectors.first
        } catch {
            return nil
        }
    }

    func matchesName(_ metric: String) -> Bool { name.allSatisfy { $0.matches(metric) } }

    func matchesLabels(_ series: LabelSet) -> Bool { labels.allSatisfy { $0.matches(series) } }

    func matchesCountName(_ metric: String) -> Bool {
        !countName.isEmpty && countName.allSatisfy { $0.matches(metric) }
    }

    func matchesCountLabels(_ series: LabelSet) -> Bool {
        countLabels.allSatisfy { $0.matches(series) }
    }
}

/// Sources that were taken apart: most targets are of a few kinds.
final class SourceMatchers: Sendable {
    /// nil where a selector does not parse.
    private let known = Mutex<[SignalSource: SourceMatcher?]>([:])
    private static let limit = 1000

    subscript(source: SignalSource) -> SourceMatcher? {
        known.withLock { known in
            if let matcher = known[source] { return matcher }
            if known.count >= Self.limit { known = [:] }
            let matcher = SourceMatcher(source)
            known[source] = .some(matcher)
            return matcher
        }
    }
}

/// The factor from a source's unit to the signal's.
///
/// A scale like 1e-6 has no exact double but its inverse has: dividing keeps 250 µs at 0.00025
/// instead of a neighbour that would be another bucket bound.
struct SignalScale: Hashable, Sendable {
    private let factor: Double
    private let divisor: Double

    static let one = SignalScale(1)

    init(_ scale: Double) {
        let inverse = (1 / scale).rounded()
        let isExact = scale.magnitude < 1 && inverse.isFinite && 1 / inverse == scale
        factor = isExact ? 1 : scale
        divisor = isExact ? inverse : 1
    }

    func callAsFunction(_ value: Double) -> Double { value * factor / divisor }
}
