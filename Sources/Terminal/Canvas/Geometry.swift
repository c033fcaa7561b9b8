/// Columns and rows of a screen, in cells; each at least 0.
package struct Size: Hashable, Sendable {
    package var columns: Int
    package var rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }

    package init(_ columns: Int, _ rows: Int) {
        self.init(columns: columns, rows: rows)
    }
}

/// A block of cells. Width and height are at least 0, so that a layout that runs out of room
/// yields empty blocks, on which nothing is drawn.
package struct Rect: Hashable, Sendable {
    package var column: Int
    package var row: Int
    package var width: Int
    package var height: Int

    package init(column: Int, row: Int, width: Int, height: Int) {
        self.column = column
        self.row = row
        self.width = max(0, width)
        self.height = max(0, height)
    }

    package init(_ column: Int, _ row: Int, _ width: Int, _ height: Int) {
        self.init(column: column, row: row, width: width, height: height)
    }

    package var endColumn: Int { column + width }
    package var endRow: Int { row + height }
    package var isEmpty: Bool { width == 0 || height == 0 }

    package func contains(column c: Int, row r: Int) -> Bool {
        c >= column && c < endColumn && r >= row && r < endRow
    }

    package func inset(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) -> Rect {
        Rect(column + left, row + top, width - left - right, height - top - bottom)
    }

    /// Takes `count` rows off the top; fewer where there are fewer.
    package mutating func takeTop(_ count: Int) -> Rect {
        let taken = min(max(0, count), height)
        let part = Rect(column, row, width, taken)
        self = Rect(column, row + taken, width, height - taken)
        return part
    }

    /// Takes `count` rows off the bottom; fewer where there are fewer.
    package mutating func takeBottom(_ count: Int) -> Rect {
        let taken = min(max(0, count), height)
        let part = Rect(column, endRow - taken, width, taken)
        self = Rect(column, row, width, height - taken)
        return part
    }

    /// Takes `count` columns off the left; fewer where there are fewer.
    package mutating func takeLeft(_ count: Int) -> Rect {
        let taken = min(max(0, count), width)
        let part = Rect(column, row, taken, height)
        self = Rect(column + taken, row, width - taken, height)
        return part
    }

    /// Takes `count` columns off the right; fewer where there are fewer.
    package mutating func takeRight(_ count: Int) -> Rect {
        let taken = min(max(0, count), width)
        let part = Rect(endColumn - taken, row, taken, height)
        self = Rect(column, row, width - taken, height)
        return part
    }
}
