import Foundation
import Querying
import Terminal
import TimeSeries

/// A range as a chart of plain text: braille lines, an axis of values, the times below, and a line
/// for each series with its last, least and greatest value. A letter at the last point of a series
/// tells which it is.
struct QueryGraph {
    private static let plotHeight = 14
    /// As wide as this where nobody tells how wide the terminal is.
    static let defaultWidth = 80
    private static let widths = 40...240
    /// More lines than this cannot be told apart.
    private static let lineCount = 12
    private static let marks = Array("abcdefghijkl".unicodeScalars)

    let start: Timestamp
    let end: Timestamp
    let step: Duration
    /// In columns; taken as a number from 40 to 240.
    var width = defaultWidth

    /// Columns of the terminal that is written to; of $COLUMNS where it is none.
    static func terminalWidth() -> Int {
        let named = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
        return Size.ofTerminal(STDOUT_FILENO)?.columns ?? named ?? defaultWidth
    }

    func lines(of series: [Series]) -> [String] {
        guard !series.isEmpty else { return ["no series match"] }
        let shown = drawn(of: series)
        let rows = shown.map(values)
        let legend = legend(of: shown, isMarked: shown.count > 1)
        let hidden = series.count - shown.count
        let rest = hidden > 0 ? ["  and \(hidden) more series, which stay lower, not drawn"] : []
        guard let scale = Self.scale(of: rows.flatMap { $0.compactMap { $0 } }) else {
            return ["no finite values"] + legend + rest
        }
        return chart(of: rows, scale) + legend + rest
    }

    /// The highest, in the order of the query.
    private func drawn(of series: [Series]) -> [Series] {
        guard series.count > Self.lineCount else { return series }
        let peaks = series.map { $0.values.lazy.filter(\.isFinite).max() ?? -.infinity }
        let highest = series.indices.sorted { (peaks[$0], $1) > (peaks[$1], $0) }
        return highest.prefix(Self.lineCount).sorted().map { series[$0] }
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

    // MARK: The picture

    private func chart(of rows: [[Double?]], _ scale: Scale) -> [String] {
        let ticks = [scale.upper, (scale.lower + scale.upper) / 2, scale.lower].map(Self.label)
        let margin = (ticks.map(\.count).max() ?? 0) + 2
        let columns = max(10, boundedWidth - margin)
        let plot = Rect(margin, 0, columns, Self.plotHeight)
        var canvas = Canvas(size: Size(margin + columns, Self.plotHeight))
        for row in 0..<plot.height { canvas.set("│", margin - 1, row, Style()) }
        for (index, tick) in ticks.enumerated() {
            canvas.write(
                tick, 0, index * (plot.height - 1) / 2, width: margin - 2, align: .right)
        }
        LineChart(rows.map { LineChart.Line($0, Style()) }, scale: scale)
            .draw(on: &canvas, in: plot)
        if rows.count > 1 { mark(rows, scale, plot, on: &canvas) }
        return canvas.lines + [times(in: plot)]
    }

    /// Writes the letter of each series where its line ends; of letters that meet, the first stays.
    private func mark(_ rows: [[Double?]], _ scale: Scale, _ plot: Rect, on canvas: inout Canvas) {
        var taken: Set<[Int]> = []
        for (row, letter) in zip(rows, Self.marks) {
            guard let last = row.lastIndex(where: { $0 != nil }), let value = row[last] else {
                continue
            }
            let x =
                row.count < 2 ? plot.width - 1 : last * (plot.width * 2 - 1) / (row.count - 1) / 2
            let dots = Int((scale.fraction(value) * Double(plot.height * 4 - 1)).rounded())
            let y = plot.height - 1 - min(max(0, dots), plot.height * 4 - 1) / 4
            if taken.insert([x, y]).inserted {
                canvas.set(letter, plot.column + x, plot.row + y, Style())
            }
        }
    }

    /// Both ends, and the middle where there is room.
    private func times(in plot: Rect) -> String {
        var canvas = Canvas(size: Size(plot.column + plot.width, 1))
        let middle = start + .milliseconds((end - start).milliseconds / 2)
        let texts = [start, middle, end].map { $0.iso8601() }
        canvas.write(texts[0], plot.column, 0)
        if texts.reduce(0, { $0 + $1.count + 4 }) <= plot.width {
            canvas.write(texts[1], plot.column, 0, width: plot.width, align: .center)
        }
        if texts[0].count + texts[2].count < plot.width, end > start {
            canvas.write(texts[2], plot.column, 0, width: plot.width, align: .right)
        }
        return canvas.lines[0]
    }

    private var boundedWidth: Int {
        min(max(width, Self.widths.lowerBound), Self.widths.upperBound)
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
        guard value.isFinite, value != 0 else { return formatted(value) }
        guard abs(value) >= 1e-4, abs(value) < 1e7 else { return String(format: "%.4g", value) }
        var unit = 1.0
        while abs(value) * unit < 1000 { unit *= 10 }
        return formatted((value * unit).rounded() / unit)
    }

    // MARK: The legend

    /// Figures stand below one another behind the labels, which are cut where the line is too
    /// narrow for both. What all series have in common is in the line above them.
    private func legend(of series: [Series], isMarked: Bool) -> [String] {
        let figures = series.map { series in
            let values = series.values.filter { !$0.isStaleMarker }
            let known = values.filter { !$0.isNaN }
            return [values.last, known.min(), known.max()].map { $0.map(Self.label) ?? "-" }
        }
        let heads = ["last", "min", "max"]
        let columns = heads.indices.map { column in
            max(heads[column].count, figures.map { $0[column].count }.max() ?? 0)
        }
        let room = boundedWidth - 4 - columns.reduce(0) { $0 + $1 + 2 }
        let common = isMarked ? Self.common(of: series.map(\.labels)) : LabelSet()
        let names = ([common] + series.map { $0.labels.without(common) }).map {
            DisplayText.truncated($0.description, to: max(20, room))
        }
        let nameWidth = names.map(Self.cells).max() ?? 0
        func line(_ head: String, _ name: String, _ cells: Int, _ figures: [String]) -> String {
            let padded = zip(figures, columns).map { figure, width in
                "  " + String(repeating: " ", count: width - figure.count) + figure
            }
            return head + name + String(repeating: " ", count: max(0, nameWidth - cells))
                + padded.joined()
        }
        let title = common.isEmpty ? [] : names[0]
        return [line("    ", title.map { String($0) }.joined(), Self.cells(title), heads)]
            + zip(names.dropFirst(), figures).enumerated().map { index, entry in
                let head = isMarked ? "  \(Self.marks[index]) " : "    "
                return line(
                    head, entry.0.map { String($0) }.joined(), Self.cells(entry.0), entry.1)
            }
    }

    private static func common(of sets: [LabelSet]) -> LabelSet {
        guard let first = sets.first else { return LabelSet() }
        return LabelSet(
            first.pairs.filter { pair in sets.allSatisfy { $0[pair.name] == pair.value } })
    }

    private static func cells(_ name: [Unicode.Scalar]) -> Int {
        name.reduce(0) { $0 + DisplayText.width(of: $1) }
    }
}

extension LabelSet {
    fileprivate func without(_ other: LabelSet) -> LabelSet {
        LabelSet(pairs.filter { other[$0.name] == nil })
    }
}
