import Testing

@testable import Terminal

@Suite("Widgets")
struct WidgetTests {
    @Test("a sparkline caps at seven eighths and leaves gaps blank")
    func sparkline() {
        var canvas = Canvas(size: Size(5, 1))
        Sparkline([0, nil, 0.5, 1, 9], scale: Scale(from: 0, to: 1), .text)
            .draw(on: &canvas, 0, 0, width: 5)
        #expect(canvas.lines == ["▁ ▄▇▇"])
    }

    @Test("resampling keeps peaks, means and gaps")
    func resampling() {
        #expect(Resampling.fit([1, 5, nil, nil, 2, 4], to: 3, by: .maximum) == [5, nil, 4])
        #expect(Resampling.fit([1, 5, nil, nil, 2, 4], to: 3) == [3, nil, 3])
        #expect(Resampling.fit([1, 2], to: 4) == [1, 1, 2, 2])
        #expect(Resampling.fit([], to: 2) == [nil, nil])
        #expect(Resampling.fit([1], to: 0) == [])
    }

    @Test("a line crosses no gap")
    func line() {
        var canvas = Canvas(size: Size(4, 1))
        LineChart(
            [.init([0, 0, nil, 1, 1, 1, 1, 1], Style())], scale: Scale(from: 0, to: 1)
        ).draw(on: &canvas, in: Rect(0, 0, 4, 1))
        #expect(canvas.lines == ["⣀⠈⠉⠉"])
    }

    @Test("of two distributions the shared part, the surplus and the loss are told apart")
    func overlay() {
        var canvas = Canvas(size: Size(3, 4), traits: .init(hasFineColor: false))
        HistogramOverlay(
            base: [0.5, 0.5, 0], now: [0.25, 0.5, 0.25], scale: Scale(from: 0, to: 0.5)
        ).draw(on: &canvas, in: Rect(0, 0, 3, 4))
        #expect(canvas.lines == ["-#", "-#", "###".replacingLast("+"), "##+"])
    }

    @Test("stacked parts reach the height of their sum")
    func stacked() {
        var canvas = Canvas(size: Size(2, 4), traits: .init(hasFineColor: false))
        StackedBars(
            [
                .init([1, 2], .flow2, glyph: "#"), .init([1, nil], .more, glyph: "+"),
            ], scale: Scale(from: 0, to: 4)
        ).draw(on: &canvas, in: Rect(0, 0, 2, 4))
        #expect(canvas.lines == ["", "", "+#", "##"])
    }

    @Test("a share bar marks the baseline and what is beyond it")
    func shareBar() {
        var canvas = Canvas(size: Size(10, 2), traits: .init(hasFineColor: false))
        ShareBar(base: 0.5, now: 0.8, full: 1).draw(on: &canvas, 0, 0, width: 10)
        ShareBar(base: 0.8, now: 0.3, full: 1).draw(on: &canvas, 0, 1, width: 10)
        #expect(canvas.lines == ["####│+++", "###----│"])
    }

    @Test("a heat map without fine colours is a ramp of glyphs, and a gap is hatched")
    func heatmap() {
        var canvas = Canvas(size: Size(3, 1), traits: .init(hasFineColor: false))
        Heatmap(columns: [[0, 0], [0.5, 0.2], nil]).draw(on: &canvas, in: Rect(0, 0, 3, 1))
        #expect(canvas.lines == [" =╱"])
    }

    @Test("a table drops columns by priority and never passes its width", arguments: 1...60)
    func table(width: Int) {
        let table = Table([
            .init("a", minimum: 5, maximum: 12), .init("b", minimum: 6, priority: 1),
            .init("c", minimum: 6, maximum: 9, priority: 3), .init("d", minimum: 4, priority: 2),
        ])
        let places = table.layout(width: width)
        let kept = places.compactMap { $0 }
        #expect((kept.last.map { $0.column + $0.width } ?? 0) <= width)
        // Whatever is kept, nothing of lower priority number is missing.
        if places[2] != nil { #expect(places[3] != nil && places[1] != nil) }
        if places[3] != nil { #expect(places[1] != nil) }
        if width >= 24 { #expect(kept.count == 4) }
    }

    @Test("ticks are 1-2-5, or 1-3-10 on a logarithmic scale")
    func ticks() {
        #expect(Scale(from: 0, to: 150).ticks(5) == [0, 50, 100, 150])
        #expect(Scale(from: 0, to: 0.03).ticks(3).map { ($0 * 1000).rounded() } == [0, 20])
        #expect(
            Scale(.logarithmic, from: 0.003, to: 1).ticks(8).map { ($0 * 1000).rounded() }
                == [3, 10, 30, 100, 300, 1000])
    }

    @Test("a scale and its inverse agree", arguments: [0.0, 0.1, 0.5, 0.9, 1.0])
    func inverse(fraction: Double) {
        for scale in [Scale(from: 2, to: 10), Scale(.logarithmic, from: 0.001, to: 30)] {
            #expect(abs(scale.fraction(scale.value(at: fraction)) - fraction) < 1e-9)
        }
    }

    @Test("scales hold what they are made for, whatever it is")
    func holding() {
        #expect(Scale.fromZero(holding: []).upper == 1)
        #expect(Scale.fromZero(holding: [nil, .infinity, 42]).upper == 50)
        #expect(Scale.logarithmic(holding: [nil, 0, -1]) == nil)
        let scale = Scale.logarithmic(holding: [0.02, 0.9])
        #expect((scale?.lower ?? 1) <= 0.02 && (scale?.upper ?? 0) >= 0.9)
    }
}

extension String {
    fileprivate func replacingLast(_ other: String) -> String { String(dropLast()) + other }
}
