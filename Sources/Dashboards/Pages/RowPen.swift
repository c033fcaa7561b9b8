import Terminal

/// Writes the fields of one row where the layout kept them.
struct RowPen {
    let places: [Table.Place?]
    let row: Int

    func write(
        _ text: String, _ field: Int, _ style: Style, _ canvas: inout Canvas,
        _ alignment: Canvas.Alignment = .left
    ) {
        guard let place = places[field] else { return }
        canvas.write(text, place.column, row, style, width: place.width, align: alignment)
    }

    func place(_ field: Int, _ draw: (Table.Place) -> Void) {
        if let place = places[field] { draw(place) }
    }

    /// The end of the first of these fields that was kept.
    func end(of fields: [Int], fallback: Table.Place) -> Int {
        let ends = fields.compactMap { places[$0] }.map { $0.column + $0.width }
        return ends.max() ?? fallback.column + fallback.width
    }
}
