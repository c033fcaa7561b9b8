import Terminal

/// Where the panels of a dashboard lie, for a size and for how far the page is scrolled.
struct DashboardLayout {
    /// By panel; nil where it is not on the screen.
    private(set) var places: [Rect?]
    private(set) var hiddenPanelCount = 0
    /// How far the page can be scrolled, in rows of panels.
    private(set) var lastScroll = 0

    /// A panel narrower than this says nothing, and gets more of the grid.
    private static func minimumWidth(_ kind: PanelDefinition.Kind) -> Int {
        kind == .value ? 18 : kind == .table ? 48 : 34
    }

    init(_ state: DashboardState) {
        let body = Rect(0, 0, state.size.columns, state.size.rows).inset(top: 1, bottom: 1)
        self.init(state.dashboard?.panels ?? [], in: body, scroll: state.dashboardScroll)
    }

    /// - Parameter scroll: Rows of panels that are left out at the top.
    init(_ panels: [PanelDefinition], in body: Rect, scroll: Int) {
        places = Array(repeating: nil, count: panels.count)
        guard body.width > 0, body.height > 0 else { return }
        let rows = Self.rows(panels, width: body.width)
        var heights = rows.map { row in row.map { panels[$0.panel].height }.max() ?? 1 }
        // A little less for each is better than a page that has to be scrolled.
        let tight = zip(rows, heights).map { row, height in
            row.allSatisfy { panels[$0.panel].kind == .value } ? min(height, 3) : min(height, 6)
        }
        let isTight = heights.reduce(0, +) > body.height
        if isTight, tight.reduce(0, +) <= body.height { heights = tight }
        lastScroll = Self.lastScroll(heights, in: body.height)
        let first = min(max(0, scroll), lastScroll)
        var shown = Array(heights[min(first, heights.count)...])
        Self.spread(&shown, over: body.height) { offset in
            rows[first + offset].allSatisfy { panels[$0.panel].kind == .value }
        }
        var row = body.row
        for (offset, height) in shown.enumerated() {
            let line = rows[first + offset]
            let room = min(height, body.endRow - row)
            guard room >= 3 || (room > 0 && offset == 0) else {
                hiddenPanelCount += line.count
                continue
            }
            var used = 0
            let total = line.reduce(0) { $0 + $1.span }
            for (panel, span) in line {
                let start = body.column + used * body.width / total
                used += span
                let end = body.column + used * body.width / total
                places[panel] = Rect(start, row, end - start, room)
            }
            row += room
        }
    }

    /// Panels in lines of at most twelve columns.
    private static func rows(
        _ panels: [PanelDefinition], width: Int
    ) -> [[(panel: Int, span: Int)]] {
        var rows: [[(panel: Int, span: Int)]] = []
        var used = PanelDefinition.gridColumns
        for (index, panel) in panels.enumerated() {
            let least = minimumWidth(panel.kind)
            let span =
                [panel.span, 2, 3, 4, 6].sorted()
                .first {
                    $0 >= panel.span && width * $0 / PanelDefinition.gridColumns >= least
                } ?? PanelDefinition.gridColumns
            if used + span > PanelDefinition.gridColumns {
                rows.append([])
                used = 0
            }
            rows[rows.count - 1].append((panel: index, span: span))
            used += span
        }
        return rows
    }

    private static func lastScroll(_ heights: [Int], in room: Int) -> Int {
        var sum = 0
        for (index, height) in heights.enumerated().reversed() {
            sum += height
            if sum > room { return index + 1 == heights.count ? index : index + 1 }
        }
        return 0
    }

    /// Gives spare rows to the lines of charts, in turn; to others only where there are no charts.
    private static func spread(
        _ heights: inout [Int], over room: Int, isFlat: (Int) -> Bool
    ) {
        var spare = room - heights.reduce(0, +)
        let charts = heights.indices.filter { !isFlat($0) }
        let growing = charts.isEmpty ? Array(heights.indices) : charts
        guard !growing.isEmpty else { return }
        var turn = 0
        while spare > 0 {
            heights[growing[turn % growing.count]] += 1
            turn += 1
            spare -= 1
        }
    }
}
