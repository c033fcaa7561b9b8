import Testing

@testable import Terminal

@Suite("Display text")
struct DisplayTextTests {
    @Test(
        "widths are those of a terminal's cells",
        arguments: [
            ("plain", 5), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("a日b", 4), ("🚀", 2), ("▲", 1),
            ("⣿", 1), ("\u{200B}", 0), ("", 0), ("ｱ", 1), ("Ａ", 2),
        ])
    func widths(text: String, cells: Int) {
        #expect(DisplayText.width(of: text) == cells, "\(text.debugDescription)")
    }

    @Test(
        "nothing that could steer the terminal is left",
        arguments: [
            "\u{1B}[31mred\u{1B}[0m", "a\u{07}b", "\u{9B}2J", "\u{202E}evil", "x\u{0}y\u{7F}",
            "\u{2028}line", "\u{E000}", "\u{1B}]0;title\u{07}",
        ])
    func hostile(text: String) {
        for scalar in DisplayText.printable(text) {
            #expect(scalar.value >= 0x20, "\(scalar.value)")
            #expect(!(0x7F..<0xA0).contains(scalar.value), "\(scalar.value)")
            #expect(![.format, .control, .privateUse].contains(scalar.properties.generalCategory))
        }
    }

    @Test("line breaks and tabs become spaces")
    func breaks() {
        #expect(DisplayText.cleaned("a\nb\tc") == "a b c")
    }

    @Test("cut text ends in an ellipsis and never passes the limit", arguments: 0...12)
    func truncation(limit: Int) {
        for text in ["abcdefgh", "日本語の名前", "a日b本c語", ""] {
            let scalars = DisplayText.truncated(text, to: limit)
            let width = scalars.reduce(0) { $0 + DisplayText.width(of: $1) }
            #expect(width <= limit, "\(text) to \(limit)")
            if DisplayText.width(of: text) > limit, limit > 0 { #expect(scalars.last == "…") }
        }
    }
}
