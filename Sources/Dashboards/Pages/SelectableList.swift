import Terminal

/// Lines under a head, one of them selected, scrolled to where the reader is.
struct SelectableList<Line> {
    let lines: [Line]
    let selected: Int
    /// The first line that is in sight.
    let first: Int

    func draw(
        under columns: [Table.Column], on canvas: inout Canvas, in rect: Rect,
        _ drawLine: (Line, _ isSelected: Bool, RowPen, inout Canvas) -> Void
    ) {
        let places = Table(columns).layout(from: rect.column, width: rect.width - 1)
        let head = RowPen(places: places, row: rect.row)
        for (field, column) in columns.enumerated() {
            head.write(column.title, field, Style(.muted), &canvas, column.alignment)
        }
        for (offset, line) in lines.dropFirst(first).prefix(max(0, rect.height - 1)).enumerated() {
            let row = rect.row + 1 + offset
            let isSelected = first + offset == selected
            drawLine(line, isSelected, RowPen(places: places, row: row), &canvas)
            if isSelected {
                canvas.highlight(Rect(rect.column, row, rect.width, 1), .selection)
            }
        }
    }
}
