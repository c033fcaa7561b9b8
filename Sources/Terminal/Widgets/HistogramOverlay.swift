/// Two distributions over the same bins: what both have, what is more now, what is less now.
package struct HistogramOverlay {
    /// Shares of the baseline and of now, each summing to 1 or all 0; of one length.
    package var base: [Double]
    package var now: [Double]
    package var scale: Scale

    /// - Precondition: As many bins in both.
    package init(base: [Double], now: [Double], scale: Scale) {
        precondition(base.count == now.count, "\(base.count) bins against \(now.count)")
        self.base = base
        self.now = now
        self.scale = scale
    }

    /// Cells a bin gets in a width, and whether one of them is left blank between bins.
    package static func binWidth(_ binCount: Int, in width: Int) -> (cells: Int, hasGap: Bool) {
        let cells = max(1, width / max(1, binCount))
        return (cells, cells >= 3)
    }

    package func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty, !base.isEmpty else { return }
        let bins = base.count > rect.width ? merged(to: rect.width) : (base, now)
        let (cells, hasGap) = Self.binWidth(bins.0.count, in: rect.width)
        for bin in bins.0.indices {
            let level: (Double) -> Int = { share in
                let fraction = min(max(0, scale.fraction(share)), 1)
                let eighths = Int((fraction * Double(rect.height * 8)).rounded())
                return share > 0 ? max(1, eighths) : eighths
            }
            let shared = level(min(bins.0[bin], bins.1[bin]))
            let top = level(max(bins.0[bin], bins.1[bin]))
            let isMore = bins.1[bin] > bins.0[bin]
            let column = EighthColumn(levels: [
                (shared, .base, "#"), (top, isMore ? .more : .less, isMore ? "+" : "-"),
            ])
            for x in 0..<(hasGap ? cells - 1 : cells) {
                column.draw(
                    on: &canvas, column: rect.column + bin * cells + x, endRow: rect.endRow,
                    rows: rect.height)
            }
        }
    }

    /// Neighbouring bins added up where there are more of them than columns.
    private func merged(to count: Int) -> ([Double], [Double]) {
        func merge(_ shares: [Double]) -> [Double] {
            (0..<count).map { place in
                shares[(place * shares.count / count)..<((place + 1) * shares.count / count)]
                    .reduce(0, +)
            }
        }
        return (merge(base), merge(now))
    }
}
