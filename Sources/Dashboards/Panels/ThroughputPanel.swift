import Terminal
import TimeSeries

/// Requests a second; by version where there are several.
struct ThroughputPanel: Panel {
    let detail: ServiceDetail

    var title: String { "throughput" }
    var remark: String { "req/s" }

    private static let versionRoles: [Role] = [.flow2, .more, .p90, .p99, .info]
    private static let versionGlyphs: [Unicode.Scalar] = ["#", "+", "*", "o", "x"]

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard rect.height >= 1 else { return }
        var plot = rect
        let row = plot.height >= 2 ? plot.takeBottom(1) : plot
        let summary = detail.summary
        let values = summary.history.requestsPerSecond
        guard values.contains(where: { $0 != nil }) else {
            let missing =
                summary.probe == nil
                ? "this server counts no requests: see docs/configuration.md"
                : "only probed: no metrics page, so requests are not counted"
            Absence(summary: summary).draw(missing, on: &canvas, in: rect)
            return
        }
        let versions = summary.versions.filter {
            $0.history.requestsPerSecond.contains { $0 != nil }
        }
        canvas.writeFitting(readout(versions), row.column, row.row, width: row.width)
        guard plot.height >= 1, rect.height >= 2 else { return }
        let band = detail.expected[.requestRate]
        let scale = Scale.fromZero(holding: values + Overlay.edges(of: band, beside: values))
        let area = Axes(scale: scale, unit: .perSecond, grid: detail.grid)
            .draw(on: &canvas, in: plot, showsTime: plot.height >= 8)
        if versions.count > 1 {
            let parts = versions.prefix(Self.versionRoles.count).enumerated().map {
                index, version in
                StackedBars.Part(
                    version.history.requestsPerSecond, Self.versionRoles[index],
                    glyph: Self.versionGlyphs[index])
            }
            StackedBars(parts, scale: scale).draw(on: &canvas, in: area)
        } else {
            StackedBars(
                [StackedBars.Part(values, .flow0, glyph: "#", crest: .flow3)], scale: scale
            ).draw(on: &canvas, in: area)
        }
        Overlay.expected(band, scale: scale, on: &canvas, in: area)
    }

    private func readout(_ versions: [VersionSummary]) -> [[Span]] {
        let summary = detail.summary
        var groups = Readout.groups(
            now: summary.now.requestsPerSecond, values: summary.history.requestsPerSecond,
            unit: .count)
        let expected = Overlay.groups(detail.expected[.requestRate], unit: .count)
        groups.insert(contentsOf: expected, at: 1)
        guard versions.count > 1 else { return groups }
        groups = [groups[0]]
        for (index, version) in versions.prefix(Self.versionRoles.count).enumerated() {
            let label = version.label(amongSeveralModels: summary.hasSeveralModels)
            groups.append([
                Span("  ■ ", Self.versionRoles[index]),
                Span("\(label) \(Figures.count(version.now.requestsPerSecond))", .text),
            ])
        }
        return groups
    }
}
