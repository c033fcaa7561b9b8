import Terminal

/// Names and values below each other, values wrapped.
struct FactList {
    let facts: [(name: String, value: String)]

    /// - Returns: What is left below.
    @discardableResult
    func draw(on canvas: inout Canvas, in rect: Rect) -> Rect {
        let nameWidth = min(
            16, (facts.map { DisplayText.width(of: $0.name) }.max() ?? 0) + 2)
        var row = rect.row
        for fact in facts {
            guard row < rect.endRow else { break }
            canvas.write(fact.name, rect.column, row, Style(.muted), width: nameWidth - 1)
            for line in DisplayText.wrapped(fact.value, to: rect.width - nameWidth)
            where row < rect.endRow {
                canvas.write(line, rect.column + nameWidth, row, Style(.text))
                row += 1
            }
        }
        return rect.inset(top: row - rect.row)
    }
}
