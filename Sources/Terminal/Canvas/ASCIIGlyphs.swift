/// What stands for a glyph where only ASCII can be shown.
package enum ASCIIGlyphs {
    /// One ASCII scalar of the same width; wide glyphs are one `?` and a space.
    package static func fallback(for glyph: Unicode.Scalar) -> Unicode.Scalar {
        let value = glyph.value
        if value < 0x7F { return glyph }
        if (0x2800...0x28FF).contains(value) { return braille(UInt8(truncatingIfNeeded: value)) }
        if (0x2581...0x2588).contains(value) {
            return lowerBlocks[Int(value - 0x2581)]
        }
        return table[glyph] ?? "?"
    }

    private static let lowerBlocks: [Unicode.Scalar] = ["_", ".", ":", "-", "=", "+", "*", "#"]

    private static let table: [Unicode.Scalar: Unicode.Scalar] = [
        "▲": "^", "▼": "v", "▴": "^", "▾": "v", "△": "^", "●": "*", "○": "o", "◆": "*", "·": ".",
        "…": "~", "—": "-", "–": "-", "−": "-", "›": ">", "‹": "<", "→": ">", "←": "<", "↑": "^",
        "↓": "v", "⏎": "/", "␣": "_", "⏸": "=", "✓": "v", "✗": "x", "×": "x", "┆": "|", "╌": "-",
        "┄": "-",
        "─": "-", "━": "=", "│": "|", "┃": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "├": "|",
        "┤": "|", "┬": "+", "┴": "+", "┼": "+", "└": "`", "┌": "+", "┐": "+", "┘": "+", "▀": "#",
        "▄": "#", "▌": "#", "▐": "#", "░": "-", "▒": "+", "▓": "*", "╱": "/", "■": "#", "∞": "I",
        "µ": "u", "±": "~",
        "≥": ">", "≤": "<", "Δ": "d", "▏": "|", "▎": "|", "▍": "|", "▋": "#", "▊": "#", "▉": "#",
        "╵": "'", "╷": ",", "▸": ">", "σ": "s",
    ]

    /// Follows where the dots lie: high, in the middle, low, or throughout.
    private static func braille(_ dots: UInt8) -> Unicode.Scalar {
        let top = dots & 0b0000_1001 != 0
        let upper = dots & 0b0001_0010 != 0
        let lower = dots & 0b0010_0100 != 0
        let bottom = dots & 0b1100_0000 != 0
        switch (top, upper, lower, bottom) {
        case (false, false, false, false): return " "
        case (true, true, true, true): return "#"
        case (true, false, false, false), (true, true, false, false): return "'"
        case (false, false, false, true), (false, false, true, true): return "."
        case (false, true, true, true), (true, true, true, false): return ":"
        default: return "-"
        }
    }
}
