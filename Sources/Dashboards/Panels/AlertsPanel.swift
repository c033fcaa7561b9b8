import Terminal
import TimeSeries

/// Alerts of the service.
struct AlertsPanel: Panel {
    let detail: ServiceDetail
    let now: Timestamp

    var title: String { "alerts here" }
    var remark: String {
        let firing = detail.alerts.count { $0.state == .firing }
        return firing > 0 ? "\(firing) firing" : ""
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        AlertList(alerts: detail.alerts, now: now, showsService: false).draw(on: &canvas, in: rect)
    }
}
