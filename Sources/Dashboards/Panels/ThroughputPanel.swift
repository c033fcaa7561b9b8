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
        let summary = detail.summary
        let values = summary.history.requestsPerSecond
        let versions = Array(
            summary.versions.filter { $0.history.requestsPerSecond.contains { $0 != nil } }
                .prefix(Self.versionRoles.count))
        var chart = SignalChart(
            detail: detail, values: values, unit: .perSecond, figureUnit: .count,
            band: detail.expected[.requestRate], parts: parts(versions, values),
            now: summary.now.requestsPerSecond)
        guard chart.hasValues else {
            let missing =
                summary.probe == nil
                ? "this server counts no requests: see docs/configuration.md"
                : "only probed: no metrics page, so requests are not counted"
            Absence(summary: summary).draw(missing, on: &canvas, in: rect)
            return
        }
        if versions.count > 1 { chart.figures = figures(versions) }
        chart.draw(on: &canvas, in: rect)
    }

    private func parts(
        _ versions: [VersionSummary], _ values: [Double?]
    ) -> [StackedBars.Part] {
        guard versions.count > 1 else {
            return [StackedBars.Part.flow(values)]
        }
        return versions.enumerated().map { index, version in
            StackedBars.Part(
                version.history.requestsPerSecond, Self.versionRoles[index],
                glyph: Self.versionGlyphs[index])
        }
    }

    private func figures(_ versions: [VersionSummary]) -> [[Span]] {
        versions.enumerated().map { index, version in
            let label = version.label(amongSeveralModels: detail.summary.hasSeveralModels)
            return [
                Span("  ■ ", Self.versionRoles[index]),
                Span("\(label) \(Figures.count(version.now.requestsPerSecond))", .text),
            ]
        }
    }
}
