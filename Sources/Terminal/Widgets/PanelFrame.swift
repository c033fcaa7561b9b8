/// A panel's border with its number, title and a remark, or a single rule where rows are few.
package struct PanelFrame {
    package var number: Int?
    package var title: String
    /// At the right end of the top border.
    package var remark: String
    package var isFocused: Bool

    package init(number: Int? = nil, title: String, remark: String = "", isFocused: Bool = false) {
        self.number = number
        self.title = title
        self.remark = remark
        self.isFocused = isFocused
    }

    /// Draws a box and returns what is inside, one blank cell off its sides.
    package func drawBox(on canvas: inout Canvas, in rect: Rect) -> Rect {
        guard rect.width >= 4, rect.height >= 2 else { return Rect(rect.column, rect.row, 0, 0) }
        let style = Style(isFocused ? .accent : .grid)
        let right = rect.endColumn - 1
        let bottom = rect.endRow - 1
        for column in rect.column...right {
            canvas.set("─", column, rect.row, style)
            canvas.set("─", column, bottom, style)
        }
        for row in rect.row...bottom {
            canvas.set("│", rect.column, row, style)
            canvas.set("│", right, row, style)
        }
        canvas.set("╭", rect.column, rect.row, style)
        canvas.set("╮", right, rect.row, style)
        canvas.set("╰", rect.column, bottom, style)
        canvas.set("╯", right, bottom, style)
        drawTitle(on: &canvas, rect.column + 2, rect.row, width: rect.width - 4)
        return rect.inset(left: 2, top: 1, right: 2, bottom: 1)
    }

    /// Draws one rule with the title and returns what is below.
    package func drawRule(on canvas: inout Canvas, in rect: Rect) -> Rect {
        guard !rect.isEmpty else { return rect }
        for column in rect.column..<rect.endColumn {
            canvas.set("─", column, rect.row, Style(isFocused ? .accent : .grid))
        }
        drawTitle(on: &canvas, rect.column + 1, rect.row, width: rect.width - 2)
        return rect.inset(top: 1)
    }

    private func drawTitle(on canvas: inout Canvas, _ column: Int, _ row: Int, width: Int) {
        guard width > 2 else { return }
        var spans: [Span] = []
        if let number { spans.append(Span(" \(number)", Style.bold(.key))) }
        spans.append(Span(" \(title) ", Style.bold(isFocused ? .accent : .title)))
        let taken = canvas.write(spans, column, row, width: width)
        let room = width - taken - 1
        let needed = DisplayText.width(of: remark) + 2
        if !remark.isEmpty, needed <= room {
            canvas.write(" \(remark) ", column + width - needed, row, Style(.muted))
        }
    }
}
