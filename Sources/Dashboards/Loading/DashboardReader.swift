import Querying
import TimeSeries

/// Evaluates the queries of one dashboard.
struct DashboardReader {
    /// Of one panel; further series are counted only.
    static let maximumLineCount = 24
    static let maximumRowCount = 500

    let grid: TimeGrid
    let now: Timestamp
    /// Long enough for four scrapes of every service.
    let rateSeconds: Int
    let service: String?

    /// A query that fails is said in its panel, and the others go on.
    ///
    /// - Throws: What the source throws.
    func panels(
        of definition: DashboardDefinition, _ reader: inout SignalReader
    ) throws -> [PanelContent] {
        try definition.panels.map { panel in
            do {
                return try content(of: panel, &reader)
            } catch let error as QueryError {
                var content = PanelContent()
                content.problem = error.message
                return content
            }
        }
    }

    private func content(
        of panel: PanelDefinition, _ reader: inout SignalReader
    ) throws -> PanelContent {
        switch panel.kind {
        case .lines, .stacked, .value: try lines(panel, &reader)
        case .bars: try bars(panel, &reader)
        case .table: try table(panel, &reader)
        case .heatmap: try heatmap(panel, &reader)
        }
    }

    private func range(_ query: PanelQuery) -> String {
        let step = Int(grid.step.inSeconds)
        return query.expression(
            rateSeconds: max(rateSeconds, step), stepSeconds: step, service: service)
    }

    private func instant(_ query: PanelQuery) -> String {
        query.expression(
            rateSeconds: rateSeconds, stepSeconds: Int(grid.step.inSeconds), service: service)
    }

    private func lines(
        _ panel: PanelDefinition, _ reader: inout SignalReader
    ) throws -> PanelContent {
        var lines: [SignalLines.Line] = []
        for query in panel.queries {
            let factor = panel.unit.factor
            var latest: [LabelSet: Double] = [:]
            for element in try reader.instant(instant(query), at: now) where element.value.isFinite
            { latest[element.labels] = element.value * factor }
            let series = try reader.range(range(query), grid)
            for series in series {
                lines.append(
                    SignalLines.Line(
                        name: name(of: series.labels, query),
                        values: grid.values(of: series).map { $0.map { $0 * factor } },
                        now: latest[series.labels]))
            }
            // The newest have no point of the grid yet.
            let known = Set(series.map(\.labels))
            for (labels, value) in latest where !known.contains(labels) {
                lines.append(
                    SignalLines.Line(
                        name: name(of: labels, query),
                        values: [Double?](repeating: nil, count: grid.count), now: value))
            }
        }
        return kept(lines)
    }

    private func bars(
        _ panel: PanelDefinition, _ reader: inout SignalReader
    ) throws -> PanelContent {
        var lines: [SignalLines.Line] = []
        for query in panel.queries {
            for element in try reader.instant(instant(query), at: now) where element.value.isFinite
            {
                lines.append(
                    SignalLines.Line(
                        name: name(of: element.labels, query), values: [],
                        now: element.value * panel.unit.factor))
            }
        }
        var content = kept(lines)
        content.lines.sort { ($0.now ?? 0, $1.name) > ($1.now ?? 0, $0.name) }
        return content
    }

    /// The largest by their newest value, in the order of their names.
    private func kept(_ lines: [SignalLines.Line]) -> PanelContent {
        var content = PanelContent()
        content.hiddenLineCount = max(0, lines.count - Self.maximumLineCount)
        func size(_ line: SignalLines.Line) -> Double {
            line.now ?? line.values.last { $0 != nil }.flatMap { $0 } ?? 0
        }
        content.lines =
            content.hiddenLineCount > 0
            ? Array(lines.sorted { size($0) > size($1) }.prefix(Self.maximumLineCount)) : lines
        content.lines.sort { $0.name < $1.name }
        return content
    }

    private func table(
        _ panel: PanelDefinition, _ reader: inout SignalReader
    ) throws -> PanelContent {
        var answers: [[VectorElement]] = []
        for query in panel.queries {
            answers.append(try reader.instant(instant(query), at: now))
        }
        var content = PanelContent()
        content.columns =
            panel.labels.isEmpty
            ? Set(answers.joined().flatMap { $0.labels.pairs.map(\.name) })
                .subtracting(["__name__"]).sorted()
            : panel.labels
        var rows: [[String]: [Double?]] = [:]
        let none = [Double?](repeating: nil, count: panel.queries.count)
        for (place, elements) in answers.enumerated() {
            let factor = (panel.queries[place].unit ?? panel.unit).factor
            for element in elements where element.value.isFinite {
                let key = content.columns.map { element.labels[$0] ?? "" }
                rows[key, default: none][place] = element.value * factor
            }
        }
        content.rows = rows.map { PanelContent.Row(labels: $0.key, values: $0.value) }
            .sorted { a, b in
                let (x, y) = (a.values.first ?? nil, b.values.first ?? nil)
                if x != y { return (x ?? -.infinity) > (y ?? -.infinity) }
                return a.labels.lexicographicallyPrecedes(b.labels)
            }
        content.hiddenLineCount = max(0, content.rows.count - Self.maximumRowCount)
        content.rows = Array(content.rows.prefix(Self.maximumRowCount))
        return content
    }

    private func heatmap(
        _ panel: PanelDefinition, _ reader: inout SignalReader
    ) throws -> PanelContent {
        var table = LatencyTable(pointCount: grid.count)
        for query in panel.queries {
            for series in try reader.range(range(query), grid) {
                table.add(bound: series.labels["le"], grid.values(of: series))
            }
        }
        var content = PanelContent()
        content.buckets = table.buckets
        // Under the picture, as on the service page.
        content.lines = [("p50", 0.5), ("p99", 0.99)].map { name, q in
            let values = table.quantiles(q)
            return SignalLines.Line(name: name, values: values, now: values.last ?? nil)
        }
        return content
    }

    /// The legend, or the label values where there is none.
    private func name(of labels: LabelSet, _ query: PanelQuery) -> String {
        if let legend = query.legend { return legend.rendered { labels[$0] } }
        let name = labels.pairs.filter { $0.name != "__name__" }.map(\.value)
            .joined(separator: " ")
        return name.isEmpty ? labels.metricName ?? "" : name
    }
}
