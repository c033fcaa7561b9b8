import Terminal

/// The key table and what the glyphs mean.
struct HelpPage {
    func draw(on canvas: inout Canvas, in rect: Rect) {
        let inner = PanelFrame(title: "keys and signs", remark: "any key closes")
            .drawBox(on: &canvas, in: rect)
        var lines = KeyTable.bindings.map { binding in
            let place =
                binding.pages.count == 1
                ? binding.pages.first?.word ?? "" : binding.pages == [.service, .dashboard] ? "charts" : ""
            return (keys: binding.keyText, text: binding.help, place: place)
        }
        lines.append(("", "", ""))
        lines += [
            ("▲ DOWN CRIT", "every target fails; a critical alert fires", ""),
            ("! WARN", "another alert fires, or predictions drifted", ""),
            ("○ PEND", "an alert is about to fire", ""),
            ("? STALE NEW", "no scrape for three intervals; none yet", ""),
            ("— ~ @", "unknown; a mean where quantiles are not told; time of a probe", ""),
            ("╱ ┄ ▾", "no data at that time; edges of what is expected; an unusual value", ""),
            (
                "PSI", "population stability index; learn: no reference yet; n<: too few to judge",
                ""
            ),
        ]
        // Two columns where one does not hold them.
        let columnCount = lines.count > inner.height && inner.width >= 110 ? 2 : 1
        let width = inner.width / columnCount
        for (index, line) in lines.prefix(inner.height * columnCount).enumerated() {
            let column = inner.column + index / max(1, inner.height) * width
            let row = inner.row + index % max(1, inner.height)
            canvas.write(line.keys, column, row, Style.bold(.key), width: 12)
            canvas.write(line.text, column + 13, row, Style(.text), width: width - 22)
            canvas.write(line.place, column + width - 8, row, Style(.muted), width: 8)
        }
    }
}
