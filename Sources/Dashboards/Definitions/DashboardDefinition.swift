/// A page of charts as a dashboard file describes it.
package struct DashboardDefinition: Sendable, Equatable {
    package var title: String
    /// In reading order, over a grid of twelve columns.
    package var panels: [PanelDefinition]

    package init(title: String, panels: [PanelDefinition]) {
        self.title = title
        self.panels = panels
    }

    /// A query names `$service`: the page is about the selected service.
    package var isPerService: Bool {
        panels.contains { $0.queries.contains(where: \.namesService) }
    }

    /// The page that a title, or the beginning of one, stands for; nil where none or several do.
    package static func index(named title: String, in pages: [DashboardDefinition]) -> Int? {
        let wanted = title.lowercased()
        let titles = pages.map { $0.title.lowercased() }
        if let exact = titles.firstIndex(of: wanted) { return exact }
        let close = titles.indices.filter { titles[$0].hasPrefix(wanted) }
        return close.count == 1 ? close[0] : nil
    }
}

/// One part of a dashboard.
package struct PanelDefinition: Sendable, Equatable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Lines over time; one alone is filled.
        case lines
        /// Parts that add up, over time.
        case stacked
        /// The newest value, large, with its past beside it.
        case value
        /// One row a label set, one column a query.
        case table
        /// The newest value of each series as a bar.
        case bars
        /// Buckets with `le` over time.
        case heatmap
    }

    /// A line across the chart, as an objective or a limit is.
    package struct Reference: Sendable, Equatable {
        /// In the panel's unit.
        package var value: Double
        package var label: String
        package var severity: Severity
        /// Values below it are the bad ones.
        package var isLowerBad: Bool

        package init(
            value: Double, label: String = "", severity: Severity = .warning,
            isLowerBad: Bool = false
        ) {
            self.value = value
            self.label = label
            self.severity = severity
            self.isLowerBad = isLowerBad
        }

        func isBroken(by value: Double) -> Bool {
            isLowerBad ? value < self.value : value > self.value
        }
    }

    package static let gridColumns = 12

    package var title: String
    package var kind: Kind
    package var unit: PanelUnit
    /// Columns of the grid, 1…12.
    package var span: Int
    /// Rows of the screen that it has at least, its frame included.
    package var height: Int
    package var queries: [PanelQuery]
    package var references: [Reference]
    /// Label columns of a table; empty takes every label that the rows have.
    package var labels: [String]

    package init(
        title: String, kind: Kind = .lines, unit: PanelUnit = .count, span: Int = 6,
        height: Int? = nil, queries: [PanelQuery], references: [Reference] = [],
        labels: [String] = []
    ) {
        self.title = title
        self.kind = kind
        self.unit = unit
        self.span = min(max(1, span), Self.gridColumns)
        self.height = height ?? (kind == .value ? 4 : 8)
        self.queries = queries
        self.references = references
        self.labels = labels
    }
}

/// What the numbers of a panel are.
package enum PanelUnit: String, CaseIterable, Sendable {
    case seconds
    /// 0…1, shown as a percentage.
    case ratio
    /// 0…100.
    case percent
    case count
    case bytes
    case bytesPerSecond = "bytes/s"
    case requestsPerSecond = "requests/s"
    case tokensPerSecond = "tokens/s"
    case perSecond = "/s"

    var figures: SignalLines.Unit {
        switch self {
        case .seconds: .seconds
        case .ratio, .percent: .ratio
        case .count: .count
        case .bytes: .bytes
        case .bytesPerSecond: .bytesPerSecond
        case .requestsPerSecond, .tokensPerSecond, .perSecond: .perSecond
        }
    }

    /// What values are multiplied by, so that figures can show them.
    var factor: Double { self == .percent ? 0.01 : 1 }

    /// What stands beside the title.
    var remark: String {
        switch self {
        case .ratio, .percent: "%"
        case .count: ""
        case .perSecond: "a second"
        default: rawValue
        }
    }
}
