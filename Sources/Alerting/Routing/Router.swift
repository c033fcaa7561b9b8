import Querying
import Storage
import TimeSeries

/// Finds the routes of an alert, as Alertmanager's dispatcher does.
package struct Router: Sendable {
    /// A route that takes an alert, with the key of its place in the tree.
    package struct Destination: Sendable {
        package let route: Route
        /// The matchers of each node from the root, joined by `/`: `{}/{team="ml"}`.
        package let key: String
    }

    private let root: Route?

    package init(_ root: Route?) {
        self.root = root
    }

    package var hasRoute: Bool { root != nil }

    /// The deepest routes that take the alert, in the order of the tree. The root takes what no
    /// child takes, whatever its own matchers say.
    package func destinations(for labels: LabelSet) -> [Destination] {
        guard let root else { return [] }
        return Self.destinations(for: labels, from: root, key: Self.key(of: root))
    }

    /// The labels that decide which group of the route the alert belongs to.
    package static func groupLabels(of labels: LabelSet, by route: Route) -> LabelSet {
        route.groupBy.contains("...") ? labels : labels.keeping(route.groupBy)
    }

    private static func destinations(
        for labels: LabelSet, from route: Route, key: String
    ) -> [Destination] {
        var found: [Destination] = []
        for child in route.children where child.matchers.allSatisfy({ $0.matches(labels) }) {
            found += destinations(for: labels, from: child, key: "\(key)/\(self.key(of: child))")
            if !child.continues { break }
        }
        return found.isEmpty ? [Destination(route: route, key: key)] : found
    }

    private static func key(of route: Route) -> String {
        "{\(route.matchers.map(\.description).joined(separator: ","))}"
    }
}

extension Router.Destination {
    /// A new group of this route for alerts with these labels.
    func group(for labels: LabelSet) -> NotificationGroup {
        let groupLabels = Router.groupLabels(of: labels, by: route)
        let text = groupLabels.pairs.map { pair in
            LabelSet([pair]).description.dropFirst().dropLast()
        }.joined(separator: ", ")
        let groupKey = "\(key):{\(text)}"
        return NotificationGroup(
            key: "\(route.receiver) \(groupKey)", groupKey: groupKey, receiver: route.receiver,
            labels: groupLabels.dictionary,
            groupWaitMilliseconds: route.groupWait.milliseconds,
            groupIntervalMilliseconds: max(route.groupInterval.milliseconds, 1),
            repeatIntervalMilliseconds: max(route.repeatInterval.milliseconds, 1),
            flushAtMilliseconds: .max)
    }
}
