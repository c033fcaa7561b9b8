import Terminal

/// A page of charts that a file describes.
struct DashboardPage {
    let state: DashboardState

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard let dashboard = state.dashboard else { return }
        if let number = state.expanded, dashboard.panels.indices.contains(number - 1) {
            draw(number - 1, dashboard, isFramed: true, on: &canvas, in: rect)
            return
        }
        if rect.width < Layout.onePanelColumns || rect.height < Layout.onePanelRows {
            let index = min(max(0, state.focused - 1), max(0, dashboard.panels.count - 1))
            draw(index, dashboard, isFramed: false, on: &canvas, in: rect)
            return
        }
        let isFramed = rect.width >= Layout.twoColumns
        for (index, place) in DashboardLayout(state).places.enumerated() {
            guard let place else { continue }
            // Without boxes a blank column keeps neighbours apart.
            let isLast = isFramed || place.endColumn == rect.endColumn
            draw(
                index, dashboard, isFramed: isFramed, on: &canvas,
                in: place.inset(right: isLast ? 0 : 1))
        }
    }

    private func draw(
        _ index: Int, _ dashboard: DashboardDefinition, isFramed: Bool,
        on canvas: inout Canvas, in rect: Rect
    ) {
        guard dashboard.panels.indices.contains(index) else { return }
        let content = state.dashboardContent
        let panel = DashboardPanel(
            definition: dashboard.panels[index], content: content?.panels[index],
            grid: content?.grid, cursor: content.flatMap { state.cursorIndex(in: $0.grid) })
        let frame = PanelFrame(
            number: index < 9 ? index + 1 : nil, title: panel.title, remark: panel.remark,
            isFocused: state.expanded == index + 1)
        if isFramed {
            panel.draw(on: &canvas, in: frame.drawBox(on: &canvas, in: rect))
        } else {
            let inner = frame.drawRule(on: &canvas, in: rect)
            panel.draw(on: &canvas, in: inner.inset(left: 1, right: 1))
        }
    }
}
