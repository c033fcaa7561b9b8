import Terminal
import TimeSeries

/// Labels of both axes, and the room that is left for the plot.
struct Axes {
    let scale: Scale
    let unit: SignalLines.Unit
    let grid: TimeGrid

    /// Draws the labels; returns the plot's rectangle.
    func draw(on canvas: inout Canvas, in rect: Rect, showsTime: Bool) -> Rect {
        var plot = rect
        let hasTime = showsTime && rect.height >= 5
        let timeRow = hasTime ? plot.takeBottom(1) : Rect(0, 0, 0, 0)
        guard plot.height >= 2, plot.width >= 16 else { return plot }
        let ticks = ticks(max(2, min(6, plot.height / 3 + 1)))
        let labels = ticks.map { Figures.tick($0, unit) }
        let width = (labels.map { DisplayText.width(of: $0) }.max() ?? 0) + 1
        let column = plot.takeLeft(width)
        for (tick, label) in zip(ticks, labels) {
            let row = Self.row(of: tick, scale: scale, in: plot)
            guard row >= plot.row, row < plot.endRow else { continue }
            canvas.write(label, column.column, row, Style(.muted), width: width - 1, align: .right)
            if canvas.traits.hasFineColor {
                for x in plot.column..<plot.endColumn { canvas.set("╌", x, row, Style(.grid)) }
            }
        }
        if hasTime { drawTimes(on: &canvas, plot: plot, row: timeRow.row) }
        return plot
    }

    /// Bytes are round in powers of 1024.
    private func ticks(_ count: Int) -> [Double] {
        guard unit == .bytes || unit == .bytesPerSecond, scale.lower == 0 else {
            return scale.ticks(count)
        }
        var power = 1.0
        while power * 1024 <= scale.upper { power *= 1024 }
        return Scale(from: 0, to: scale.upper / power).ticks(count).map { $0 * power }
    }

    /// The row of a value in a plot.
    static func row(of value: Double, scale: Scale, in plot: Rect) -> Int {
        let fraction = min(max(0, scale.fraction(value)), 1)
        return plot.endRow - 1 - Int((fraction * Double(plot.height - 1)).rounded())
    }

    private static let steps: [Int64] = [
        60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    ]

    /// Round times below the plot.
    private func drawTimes(on canvas: inout Canvas, plot: Rect, row: Int) {
        let span = grid.end.milliseconds - grid.start.milliseconds
        guard span > 0 else { return }
        let room = Int64(max(1, plot.width / 10))
        let step = (Self.steps.first { $0 * 1000 * room >= span } ?? 86_400) * 1000
        var time = grid.start.milliseconds / step * step + step
        var free = plot.column
        while time <= grid.end.milliseconds {
            let offset = (time - grid.start.milliseconds) * Int64(plot.width - 1) / span
            let label = label(Timestamp(milliseconds: time), step: step)
            let start = plot.column + Int(offset) - label.count / 2
            if start >= free, start + label.count <= plot.endColumn {
                canvas.write(label, start, row, Style(.faint))
                free = start + label.count + 1
            }
            time += step
        }
    }

    private func label(_ time: Timestamp, step: Int64) -> String {
        step >= 86_400_000
            ? String(time.iso8601().dropFirst(5).prefix(5)) : Figures.clock(time, seconds: false)
    }
}
