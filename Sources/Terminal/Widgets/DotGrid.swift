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
