import Terminal

/// A signal of a service in bars over time, with the band that is expected of it, above a line of
/// figures.
struct SignalChart {
    let detail: ServiceDetail
    let values: [Double?]
    let unit: SignalLines.Unit
    /// Of the line of figures.
    let figureUnit: SignalLines.Unit
    let band: ExpectedBand?
    /// The scale reaches at least this far.
    var floor = 0.0
    let parts: [StackedBars.Part]
    /// The newest value, or that of the cursor.
    let now: Double?
    var role: Role = .title
    /// In place of extremes and expectations.
    var figures: [[Span]]?

    var hasValues: Bool { values.contains { $0 != nil } }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard rect.height >= 1 else { return }
        var plot = rect
        let row = plot.height >= 2 ? plot.takeBottom(1) : plot
        canvas.writeFitting(readout, row.column, row.row, width: row.width)
        guard plot.height >= 1, rect.height >= 2 else { return }
        let scale = Scale.fromZero(
            holding: values + Overlay.edges(of: band, beside: values), floor: floor)
        let area = Axes(scale: scale, unit: unit, grid: detail.grid)
            .draw(on: &canvas, in: plot, showsTime: plot.height >= 8)
        StackedBars(parts, scale: scale).draw(on: &canvas, in: area)
        Overlay.expected(band, scale: scale, on: &canvas, in: area)
        Overlay.cursor(detail.cursor, of: detail.grid.count, on: &canvas, in: area)
    }

    private var readout: [[Span]] {
        var groups = Readout.groups(
            now: now, values: values, unit: figureUnit, role: role, isPast: detail.cursor != nil)
        if let figures { return [groups[0]] + figures }
        if detail.cursor == nil {
            groups.insert(contentsOf: Overlay.groups(band, unit: figureUnit), at: 1)
        }
        return groups
    }
}
