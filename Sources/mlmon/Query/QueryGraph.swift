import Querying
import Terminal
import TimeSeries

/// A range as a chart of plain text: braille lines, an axis of values, the times at both ends, and
/// a line for each series with its last value.
struct QueryGraph {
    private static let plotSize = Size(70, 14)
    /// More lines than this cannot be told apart.
    private static let lineCount = 12

    let start: Timestamp
    let end: Timestamp
    let step: Duration

    func lines(of series: [Series]) -> [String] {
        guard !series.isEmpty else { return ["no series match"] }
        let shown = series.prefix(Self.lineCount)
        let rows = shown.map(values)
        guard let scale = Self.scale(of: rows.flatMap { $0.compactMap { $0 } }) else {
            return ["no finite values"] + shown.map(legend)
        }
        let ticks = [scale.upper, (scale.lower + scale.upper) / 2, scale.lower].map(Self.label)
        let margin = (ticks.map(\.count).max() ?? 0) + 2
        var canvas = Canvas(size: Size(margin + Self.plotSize.columns, Self.plotSize.rows))
        let plot = Rect(margin, 0, Self.plotSize.columns, Self.plotSize.rows)
        for row in 0..<plot.height { canvas.set("│", margin - 1, row, Style()) }
        for (index, tick) in ticks.enumerated() {
            canvas.write(
                tick, 0, index * (plot.height - 1) / 2, width: margin - 2, align: .right)
        }
        LineChart(rows.map { LineChart.Line($0, Style()) }, scale: scale)
            .draw(on: &canvas, in: plot)
        let times = [start, end].map { $0.iso8601() }
        let gap = max(1, plot.width - times[0].count - times[1].count)
        var text = canvas.lines
        text.append(
            String(repeating: " ", count: margin) + times[0] + String(repeating: " ", count: gap)
                + times[1])
        text += shown.map(legend)
        if series.count > shown.count {
            text.append("and \(series.count - shown.count) more, not drawn")
        }
        return text
    }

    /// One value a step, nil where the series has none.
    private func values(of series: Series) -> [Double?] {
        let count = Int((end - start).milliseconds / step.milliseconds) + 1
        var values = [Double?](repeating: nil, count: count)
        for (time, value) in zip(series.timestamps, series.values) where value.isFinite {
            let index = Int((time - start.milliseconds) / step.milliseconds)
            if values.indices.contains(index) { values[index] = value }
        }
        return values
    }

    private static func scale(of values: [Double]) -> Scale? {
        guard var lower = values.min(), var upper = values.max() else { return nil }
        if lower >= 0, lower < upper / 2 { lower = 0 }
        if lower == upper {
            let room = max(abs(lower) / 10, 1e-9)
            (lower, upper) = (lower - room, upper + room)
        }
        guard lower.isFinite, upper.isFinite, (upper - lower).isFinite, lower < upper else {
            return nil
        }
        return Scale(from: lower, to: upper)
    }

    /// Four significant digits.
    private static func label(_ value: Double) -> String {
        guard value != 0, abs(value) >= 1e-4, abs(value) < 1e7 else {
            return value == 0 ? "0" : "\(value)"
        }
        var unit = 1.0
        while abs(value) * unit < 1000 { unit *= 10 }
        return formatted((value * unit).rounded() / unit)
    }

    private func legend(_ series: Series) -> String {
        let last = series.values.last { !$0.isStaleMarker }.map(formatted) ?? "-"
        return "  \(series.labels)  \(last)"
    }
}
