/// A bar along one row, in eighths of a cell.
package struct RowBar {
    /// 0…1 of the width.
    package var share: Double
    package var role: Role

    package init(share: Double, role: Role) {
        self.share = share
        self.role = role
    }

    private static let parts: [Unicode.Scalar] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]

    package func draw(on canvas: inout Canvas, _ column: Int, _ row: Int, width: Int) {
        guard width > 0 else { return }
        let eighths = Int((min(max(0, share), 1) * Double(width * 8)).rounded())
        for x in 0..<width {
            let filled = min(8, eighths - x * 8)
            // Something is more than nothing.
            guard filled > 0 || (x == 0 && share > 0) else { return }
            canvas.set(Self.parts[max(1, filled) - 1], column + x, row, Style(role))
        }
    }
}
