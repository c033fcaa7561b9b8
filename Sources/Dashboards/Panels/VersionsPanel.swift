import Terminal
import TimeSeries

/// Versions side by side, then every distribution with its PSI over time.
struct VersionsPanel: Panel {
    let detail: ServiceDetail
    let now: Timestamp

    var title: String { detail.summary.versions.count > 1 ? "versions side by side" : "version" }
    var remark: String { detail.summary.versions.contains { $0.isCanary } ? "canary" : "" }

    var wantedRows: Int {
        1 + max(1, detail.summary.versions.count)
            + (detail.distributions.isEmpty ? 0 : detail.distributions.count + 1)
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        var rest = rect
        drawVersions(on: &canvas, in: rest.takeTop(1 + max(1, detail.summary.versions.count)))
        guard !detail.distributions.isEmpty, rest.height >= 2 else { return }
        canvas.write("drift of", rest.column, rest.row, Style(.muted), width: rest.width)
        drawDistributions(on: &canvas, in: rest.inset(top: 1))
    }

    private func drawVersions(on canvas: inout Canvas, in rect: Rect) {
        guard rect.height >= 1 else { return }
        let summary = detail.summary
        let labels = summary.versions.map {
            $0.label(amongSeveralModels: summary.hasSeveralModels) + ($0.isCanary ? " canary" : "")
        }
        let nameWidth = labels.map { DisplayText.width(of: $0) }.max() ?? 7
        // Numbers are never cut.
        func width(_ least: Int, _ text: (Metrics) -> String) -> Int {
            summary.versions.reduce(least) { max($0, DisplayText.width(of: text($1.now))) }
        }
        let columns = [
            Table.Column("VERSION", minimum: 7, maximum: max(7, nameWidth)),
            Table.Column("SHARE", .right, minimum: 5, priority: 5),
            Table.Column(
                "REQ/S", .right, minimum: width(5) { Figures.count($0.requestsPerSecond) },
                priority: 2),
            Table.Column(
                "P50", .right, minimum: width(6) { LatencyCell.text($0) }, priority: 4),
            Table.Column(
                "P99", .right, minimum: width(6) { Figures.seconds($0.p99Seconds) }, priority: 1),
            Table.Column("ERR%", .right, minimum: 5, priority: 1),
            Table.Column("PSI", .right, minimum: 5, priority: 3),
        ]
        let places = Table(columns).layout(from: rect.column, width: rect.width)
        for (column, place) in zip(columns, places) {
            guard let place else { continue }
            canvas.write(
                column.title, place.column, rect.row, Style(.muted), width: place.width,
                align: column.alignment)
        }
        if summary.versions.isEmpty {
            canvas.write(
                Absence(summary: summary).reason("no version is told"), rect.column, rect.row + 1,
                Style(.muted), width: rect.width)
        }
        for (index, version) in summary.versions.prefix(max(0, rect.height - 1)).enumerated() {
            let pen = RowPen(places: places, row: rect.row + 1 + index)
            let now = version.now
            pen.write(
                labels[index], 0, version.isCanary ? Style.bold(.info) : Style.bold(.text), &canvas)
            pen.write(
                version.share.map { Figures.fixed($0 * 100, 0) + "%" } ?? "—", 1, Style(.muted),
                &canvas, .right)
            pen.write(Figures.count(now.requestsPerSecond), 2, Style(), &canvas, .right)
            pen.write(LatencyCell.text(now), 3, Style(), &canvas, .right)
            pen.write(
                Figures.seconds(now.p99Seconds), 4, Style(comparison(version) { $0.p99Seconds }),
                &canvas, .right)
            pen.write(
                Figures.percent(now.errorRatio), 5, Style(comparison(version) { $0.errorRatio }),
                &canvas, .right)
            pen.write(
                version.drift == .learning ? "learn" : Figures.index(version.psi), 6,
                version.drift == .drifted
                    ? Style.bold(.crit) : Style(version.psi == nil ? .muted : .text),
                &canvas, .right)
        }
    }

    /// A canary that is much worse than the largest version of its model stands out.
    private func comparison(_ version: VersionSummary, _ value: (Metrics) -> Double?) -> Role {
        guard let own = value(version.now) else { return .muted }
        guard version.isCanary,
            let stable = detail.summary.versions.first(where: {
                $0.model == version.model && !$0.isCanary
            }), let other = value(stable.now)
        else { return .text }
        if own > max(other * 2, 0.001) { return .crit }
        return own > max(other * 1.25, 0.001) ? .warn : .text
    }

    private func drawDistributions(on canvas: inout Canvas, in rect: Rect) {
        let all = detail.distributions
        let labels = all.map { item in
            [item.model, item.version, item.feature].filter { !$0.isEmpty }.joined(separator: " ")
        }
        let nameWidth = min(
            labels.map { DisplayText.width(of: $0) }.max() ?? 8, max(8, rect.width / 2))
        for (index, item) in all.prefix(rect.height).enumerated() {
            let row = rect.row + index
            let isDrifted = item.state == .drifted
            canvas.write(
                isDrifted ? "▲" : "·", rect.column, row, Style.bold(isDrifted ? .crit : .ok))
            canvas.write(labels[index], rect.column + 2, row, Style(.text), width: nameWidth)
            let stripColumn = rect.column + nameWidth + 3
            let stripWidth = rect.width - nameWidth - 3 - 6
            if stripWidth > 3 {
                let scale = Scale.fromZero(holding: item.psiHistory, floor: 0.25)
                Sparkline(item.psiHistory, scale: scale) {
                    Style($0 >= 0.25 ? .crit : $0 >= 0.1 ? .warn : .muted)
                }.draw(on: &canvas, stripColumn, row, width: stripWidth)
            }
            let text =
                switch item.state {
                case .learning: "learn"
                case .insufficient: "n<"
                case .stable, .drifted: Figures.index(item.psi)
                }
            canvas.write(
                text, rect.endColumn - 5, row, isDrifted ? Style.bold(.crit) : Style(.text),
                width: 5, align: .right)
        }
    }
}
