/// Lines of braille dots, two by four to a cell.
package struct LineChart {
    package struct Line {
        /// Evenly spaced in time, oldest first; nil is a gap, which no line crosses.
        package var values: [Double?]
        package var style: Style

        package init(_ values: [Double?], _ style: Style) {
            self.values = values
            self.style = style
        }
    }

    /// Later lines are drawn over earlier ones.
    package var lines: [Line]
    package var scale: Scale

    package init(_ lines: [Line], scale: Scale) {
        self.lines = lines
        self.scale = scale
    }

    package func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty else { return }
        var dots = DotGrid(columns: rect.width, rows: rect.height)
        for (index, line) in lines.enumerated() { trace(line.values, index, &dots) }
        for row in 0..<rect.height {
            for column in 0..<rect.width {
                let cell = dots[column, row]
                guard cell.mask != 0, let glyph = Unicode.Scalar(0x2800 + UInt32(cell.mask)) else {
                    continue
                }
                canvas.set(
                    glyph, rect.column + column, rect.row + row, lines[cell.line].style)
            }
        }
    }

    /// The dot column of a value, and its height above the foot.
    private func place(_ index: Int, _ count: Int, _ value: Double, _ dots: DotGrid) -> (Int, Int) {
        let x = count < 2 ? dots.width - 1 : index * (dots.width - 1) / (count - 1)
        let y = Int((min(max(0, scale.fraction(value)), 1) * Double(dots.height - 1)).rounded())
        return (x, y)
    }

    private func trace(_ values: [Double?], _ index: Int, _ dots: inout DotGrid) {
        var last: (x: Int, y: Int)?
        for (i, value) in values.enumerated() {
            guard let value, value.isFinite else {
                last = nil
                continue
            }
            let (x, y) = place(i, values.count, value, dots)
            if let last { dots.connect(last, (x, y), line: index) } else { dots.set(x, y, index) }
            last = (x, y)
        }
    }

}
