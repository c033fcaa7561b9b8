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

/// Dots of a braille picture; y counts up from the foot.
struct DotGrid {
    let columns: Int
    let rows: Int
    private var cells: [(mask: UInt8, line: Int)]

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        cells = Array(repeating: (0, 0), count: columns * rows)
    }

    var width: Int { columns * 2 }
    var height: Int { rows * 4 }

    subscript(column: Int, row: Int) -> (mask: UInt8, line: Int) { cells[row * columns + column] }

    /// Bits of U+2800 by dot row, left column then right.
    private static let bits: [(UInt8, UInt8)] = [(1, 8), (2, 16), (4, 32), (64, 128)]

    mutating func set(_ x: Int, _ y: Int, _ line: Int) {
        guard x >= 0, x < width, y >= 0, y < height else { return }
        let fromTop = height - 1 - y
        let bits = Self.bits[fromTop % 4]
        let index = fromTop / 4 * columns + x / 2
        cells[index].mask |= x % 2 == 0 ? bits.0 : bits.1
        cells[index].line = line
    }

    /// Bresenham's line.
    mutating func connect(_ a: (x: Int, y: Int), _ b: (x: Int, y: Int), line: Int) {
        let dx = abs(b.x - a.x)
        let dy = -abs(b.y - a.y)
        var x = a.x
        var y = a.y
        var error = dx + dy
        while true {
            set(x, y, line)
            if x == b.x, y == b.y { return }
            let doubled = 2 * error
            if doubled >= dy {
                error += dy
                x += a.x < b.x ? 1 : -1
            }
            if doubled <= dx {
                error += dx
                y += a.y < b.y ? 1 : -1
            }
        }
    }
}
