import TimeSeries

/// What the queries of a dashboard answered.
package struct DashboardContent: Equatable, Sendable {
    /// Of the page among the definitions.
    package var index: Int
    /// That `$service` stood for.
    package var service: String?
    package var grid: TimeGrid
    package var window: TimeWindow
    /// One for each panel of the definition.
    package var panels: [PanelContent]

    package init(
        index: Int, service: String?, grid: TimeGrid, window: TimeWindow, panels: [PanelContent]
    ) {
        self.index = index
        self.service = service
        self.grid = grid
        self.window = window
        self.panels = panels
    }
}

/// What the queries of one panel answered; values are in the unit that its figures take.
package struct PanelContent: Equatable, Sendable {
    /// A row of a table: a label set, and one value for each query.
    package struct Row: Equatable, Sendable {
        package var labels: [String]
        package var values: [Double?]

        package init(labels: [String], values: [Double?]) {
            self.labels = labels
            self.values = values
        }
    }

    /// Series by name; of a bar chart with their newest value alone.
    package var lines: [SignalLines.Line] = []
    /// Series that were left out, of those that are the least.
    package var hiddenLineCount = 0
    package var buckets: LatencyBuckets?
    /// Names of a table's label columns.
    package var columns: [String] = []
    package var rows: [Row] = []
    /// Why a query could not be evaluated.
    package var problem: String?

    package init() {}
}
