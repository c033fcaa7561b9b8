import Terminal
import TimeSeries

/// One part of the service page.
protocol Panel {
    var title: String { get }
    /// At the right end of the border: unit, window, sort.
    var remark: String { get }
    func draw(on canvas: inout Canvas, in rect: Rect)
}
