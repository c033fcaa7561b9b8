import Testing

@testable import Terminal

@Suite("Canvas")
struct CanvasTests {
    @Test("drawing outside has no effect")
    func clipping() {
        var canvas = Canvas(size: Size(4, 2))
        canvas.write("hello", -2, 0)
        canvas.write("x", 0, 7)
        canvas.write("x", 9, 0)
        canvas.fill(Rect(-5, -5, 3, 3), "#", Style())
        #expect(canvas.lines == ["llo", ""])
    }

    @Test("a wide glyph without room for its right half is not drawn")
    func wideAtTheEdge() {
        var canvas = Canvas(size: Size(3, 1))
        canvas.write("ab日", 0, 0)
        #expect(canvas.lines == ["ab…"])
        canvas.set("本", 2, 0, Style())
        #expect(canvas[2, 0].glyph == "本" || canvas[2, 0].glyph == " ")
    }

    @Test("half of a wide glyph that is overwritten takes the other half with it")
    func overwriting() {
        var canvas = Canvas(size: Size(4, 1))
        canvas.write("日本", 0, 0)
        canvas.set("x", 1, 0, Style())
        #expect(canvas.lines == [" x本"])
        canvas.set("y", 2, 0, Style())
        #expect(canvas.lines == [" xy"])
    }

    @Test("groups of words are shown whole or not at all")
    func fitting() {
        var canvas = Canvas(size: Size(12, 1))
        canvas.writeFitting(
            [[Span("now 118")], [Span("  max 176")], [Span("  x")]], 0, 0, width: 12)
        #expect(canvas.lines == ["now 118"])
    }

    @Test("in ASCII every glyph has a stand-in of one byte")
    func ascii() {
        for value: UInt32 in 0xA0...0x2FFF {
            guard let scalar = Unicode.Scalar(value), DisplayText.width(of: scalar) == 1 else {
                continue
            }
            let fallback = ASCIIGlyphs.fallback(for: scalar)
            #expect((0x20..<0x7F).contains(fallback.value), "U+\(String(value, radix: 16))")
        }
        var canvas = Canvas(size: Size(8, 1), traits: .init(isASCII: true))
        canvas.write("▲ ●⣿▁█─│", 0, 0)
        #expect(canvas.lines == ["^ *#_#-|"])
    }

    @Test("rectangles are cut without ever becoming negative")
    func rectangles() {
        var rect = Rect(0, 0, 10, 3)
        #expect(rect.takeTop(2).height == 2)
        #expect(rect.takeBottom(5).height == 1)
        #expect(rect.isEmpty)
        #expect(rect.takeTop(-4).height == 0)
        #expect(Rect(0, 0, 2, 2).inset(left: 3, top: 3).isEmpty)
    }
}
