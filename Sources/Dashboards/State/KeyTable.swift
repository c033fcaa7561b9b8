import Terminal

/// What a key does.
package enum Action: Hashable, Sendable {
    case up, down, first, last, pageUp, pageDown, halfPageUp, halfPageDown
    case open, back, filter, command, sort, reverseSort
    case pause, refresh, live, zoomIn, zoomOut
    /// Moves the time cursor by so many points.
    case cursor(Int)
    case panel(Int), nextPanel, nextDistribution
    case dashboards, alerts, sources
    case theme, help, quit
}

package enum Page: Hashable, Sendable, CaseIterable {
    case fleet, service, dashboard, alerts, sources

    /// As the command line and the help call it.
    package var word: String {
        switch self {
        case .fleet: "fleet"
        case .service: "service"
        case .dashboard: "dashboard"
        case .alerts: "alerts"
        case .sources: "sources"
        }
    }
}

/// The one table of keys: what acts, what the footer shows and what `?` lists.
package enum KeyTable {
    package struct Binding: Sendable {
        package let action: Action
        package let keys: [Key]
        /// A word for the footer; nil where the footer leaves it to the help.
        package let label: String?
        package let help: String
        /// Where it acts.
        package let pages: Set<Page>
        /// Lower comes first in the footer and stays longest when columns are few.
        package let rank: Int

        init(
            _ action: Action, _ keys: [Key], _ label: String? = nil, help: String,
            on pages: Set<Page> = Set(Page.allCases), rank: Int = 99
        ) {
            self.action = action
            self.keys = keys
            self.label = label
            self.help = help
            self.pages = pages
            self.rank = rank
        }

        /// A row of digits is a range.
        package var keyText: String {
            guard let first = keys.first, let last = keys.last, keys.count > 4 else {
                return keys.map(\.description).joined(separator: " ")
            }
            return "\(first)…\(last)"
        }
    }

    private static let charts: Set<Page> = [.service, .dashboard]
    private static let lists: Set<Page> = [.fleet, .alerts, .sources]

    package static let bindings: [Binding] = [
        Binding(.up, [.up, "k"], help: "one row up", rank: 1),
        Binding(.down, [.down, "j"], help: "one row down", rank: 1),
        Binding(.pageUp, [.pageUp], help: "a page up"),
        Binding(.pageDown, [.pageDown], help: "a page down"),
        Binding(.halfPageUp, [.control("u")], help: "half a page up"),
        Binding(.halfPageDown, [.control("d")], help: "half a page down"),
        Binding(.first, ["g", .home], help: "first row"),
        Binding(.last, ["G", .end], help: "last row"),
        Binding(.open, [.enter], "open", help: "open the service", on: lists, rank: 2),
        Binding(.back, [.escape], "back", help: "out: cursor, panel, filter, page", rank: 7),
        Binding(.dashboards, ["D"], "dashboards", help: "dashboards; there the next one", rank: 8),
        Binding(.alerts, ["A"], "alerts", help: "all alerts, with what is known of each", rank: 8),
        Binding(.sources, ["I"], "sources", help: "targets: is it the monitor?", rank: 9),
        Binding(
            .command, [":"], help: "command: fleet, svc NAME, dash TITLE, window 1h, theme light…"),
        Binding(
            .filter, ["/"], "filter",
            help:
                "filter: text, /regex/, !not, state=crit, p99>200 (ms), err>1 (%), psi>0.1, rps>5",
            on: [.fleet], rank: 3),
        Binding(.sort, ["s"], "sort", help: "sort by the next column", on: [.fleet], rank: 4),
        Binding(.reverseSort, ["S"], help: "reverse the order", on: [.fleet]),
        Binding(
            .pause, [" "], "pause", help: "hold the picture; collection goes on", rank: 6),
        Binding(
            .zoomIn, ["+", "="], "zoom", help: "shorter window: 1m 5m 15m 1h 6h 24h 7d", rank: 5),
        Binding(.zoomOut, ["-"], help: "longer window", rank: 5),
        Binding(
            .cursor(-1), [.left, "h"], "time", help: "time cursor back: figures of that time",
            on: charts, rank: 5),
        Binding(.cursor(1), [.right, "l"], help: "time cursor forward", on: charts),
        Binding(.cursor(-10), ["H"], help: "ten steps back", on: charts),
        Binding(.cursor(10), ["L"], help: "ten steps forward", on: charts),
        Binding(.live, ["0"], help: "back to now: no cursor, no pause"),
        Binding(.panel(1), ["1"], "expand", help: "latency", on: [.service], rank: 4),
        Binding(.panel(2), ["2"], help: "throughput", on: [.service]),
        Binding(.panel(3), ["3"], help: "errors", on: [.service]),
        Binding(.panel(4), ["4"], help: "predictions against their baseline", on: [.service]),
        Binding(.panel(5), ["5"], help: "versions side by side", on: [.service]),
        Binding(.panel(6), ["6"], help: "alerts of this service", on: [.service]),
        Binding(
            .panel(0), ["1", "2", "3", "4", "5", "6", "7", "8", "9"], "expand",
            help: "a panel over the whole page, and back", on: [.dashboard], rank: 4),
        Binding(
            .nextPanel, [.tab], "panel", help: "next panel, where one has the screen",
            on: charts, rank: 5),
        Binding(
            .nextDistribution, ["p"], "distribution",
            help: "next distribution: model, version, feature", on: [.service], rank: 6),
        Binding(.refresh, ["R"], help: "read the store now"),
        Binding(.theme, ["T"], help: "next theme: dark, terminal, light, high-contrast, mono"),
        Binding(.help, ["?"], "help", help: "this page", rank: 10),
        Binding(.quit, ["q"], "quit", help: "quit", rank: 11),
    ]

    /// - Returns: What a key does on a page, nil for nothing.
    package static func action(for key: Key, on page: Page) -> Action? {
        let binding = bindings.first { $0.pages.contains(page) && $0.keys.contains(key) }
        // One binding stands for all digits.
        if binding?.action == .panel(0), let index = binding?.keys.firstIndex(of: key) {
            return .panel(index + 1)
        }
        return binding?.action
    }
}
