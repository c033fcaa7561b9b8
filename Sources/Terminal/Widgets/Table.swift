/// Columns laid out over a width: those of least priority fall away, none is ever wrapped.
package struct Table {
    package struct Column: Sendable {
        package var title: String
        package var alignment: Canvas.Alignment
        /// Cells it takes at least.
        package var minimum: Int
        /// Cells it takes where there is room for more.
        package var maximum: Int
        /// 0 is never dropped; of the others the highest goes first.
        package var priority: Int

        package init(
            _ title: String, _ alignment: Canvas.Alignment = .left, minimum: Int,
            maximum: Int? = nil, priority: Int = 0
        ) {
            self.title = title
            self.alignment = alignment
            self.minimum = minimum
            self.maximum = max(minimum, maximum ?? minimum)
            self.priority = priority
        }
    }

    /// Where a column landed.
    package struct Place: Sendable, Equatable {
        package var column: Int
        package var width: Int
    }

    package var columns: [Column]
    /// Cells between two columns.
    package var gap: Int

    package init(_ columns: [Column], gap: Int = 1) {
        self.columns = columns
        self.gap = gap
    }

    /// For each column its place in `width` cells from `start`, or nil where it was dropped.
    package func layout(from start: Int = 0, width: Int) -> [Place?] {
        var kept = Set(columns.indices)
        func minimum() -> Int {
            kept.reduce(0) { $0 + columns[$1].minimum } + gap * max(0, kept.count - 1)
        }
        while minimum() > width,
            let victim = kept.filter({ columns[$0].priority > 0 })
                .max(by: { (columns[$0].priority, $0) < (columns[$1].priority, $1) })
        {
            kept.remove(victim)
        }
        var widths = columns.map(\.minimum)
        var spare = width - minimum()
        while spare > 0 {
            let able = kept.sorted().filter { widths[$0] < columns[$0].maximum }
            guard let first = able.map({ columns[$0].priority }).min() else { break }
            // What matters most grows first; equals grow together.
            let growing = able.filter { columns[$0].priority == first }
            for index in growing where spare > 0 {
                widths[index] += 1
                spare -= 1
            }
        }
        var column = start
        return columns.indices.map { index in
            guard kept.contains(index), column < start + width else { return nil }
            let place = Place(column: column, width: min(widths[index], start + width - column))
            column += widths[index] + gap
            return place
        }
    }
}
