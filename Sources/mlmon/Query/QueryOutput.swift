import Foundation
import Querying
import TimeSeries

/// Prints query results as a table, as CSV, or as Prometheus's HTTP API answers them.
struct QueryOutput {
    let format: QueryCommand.Format

    func write(_ value: QueryValue, at instant: Timestamp) {
        switch format {
        case .json: writeJSON(PrometheusAnswer(value, at: instant))
        case .csv, .table:
            switch value {
            case .scalar(let number): print(formatted(number))
            case .string(let text): print(CSVCell.guarded(text))
            case .vector(let elements):
                let rows = elements.map { ($0.labels, [Sample(at: instant, value: $0.value)]) }
                writeRows(rows)
            case .matrix(let series): writeRows(series.map { ($0.labels, $0.samples) })
            }
        }
    }

    func write(_ series: [Series]) {
        switch format {
        case .json: writeJSON(PrometheusAnswer(matrix: series))
        case .csv, .table: writeRows(series.map { ($0.labels, $0.samples) })
        }
    }

    func write(_ error: QueryError) {
        switch format {
        case .json:
            writeJSON(PrometheusFailure(errorType: error.kind.rawValue, error: error.description))
        case .csv, .table: Program.complain("mlmon: \(error)")
        }
    }

    private func writeJSON(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if let data = try? encoder.encode(value) { print(String(decoding: data, as: UTF8.self)) }
    }

    private func writeRows(_ rows: [(labels: LabelSet, samples: [Sample])]) {
        if format == .csv { print("series,time,value") }
        if rows.isEmpty, format == .table { Program.complain("no series match") }
        for (labels, samples) in rows {
            for sample in samples where !sample.value.isStaleMarker {
                let value = formattedSample(sample.value)
                switch format {
                case .csv:
                    let series = CSVCell.encode(labels.description)
                    print("\(series),\(sample.at.iso8601(fractionDigits: 3)),\(value)")
                default: print("\(labels)  \(sample.at.iso8601(fractionDigits: 3))  \(value)")
                }
            }
        }
    }
}

/// The success object of Prometheus's HTTP API (`/api/v1/query`, `/api/v1/query_range`).
struct PrometheusAnswer: Encodable {
    struct Entry: Encodable {
        var metric: [String: String]
        var value: Point?
        var values: [Point]?
    }

    /// `[seconds, "value"]`.
    struct Point: Encodable {
        var at: Timestamp
        var text: String

        func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode(at.seconds)
            try container.encode(text)
        }
    }

    enum Result: Encodable {
        case entries([Entry])
        case point(Point)

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .entries(let entries): try entries.encode(to: encoder)
            case .point(let point): try point.encode(to: encoder)
            }
        }
    }

    struct Payload: Encodable {
        var resultType: String
        var result: Result
    }

    let status = "success"
    let data: Payload

    init(matrix: [Series]) {
        data = Self.payload(matrix)
    }

    init(_ value: QueryValue, at instant: Timestamp) {
        switch value {
        case .scalar(let number):
            data = Payload(
                resultType: "scalar", result: .point(Point(at: instant, text: formatted(number))))
        case .string(let text):
            data = Payload(resultType: "string", result: .point(Point(at: instant, text: text)))
        case .vector(let elements):
            let entries = elements.map {
                Entry(
                    metric: $0.labels.dictionary,
                    value: Point(at: instant, text: formattedSample($0.value)))
            }
            data = Payload(resultType: "vector", result: .entries(entries))
        case .matrix(let series):
            data = Self.payload(series)
        }
    }

    private static func payload(_ matrix: [Series]) -> Payload {
        let entries = matrix.map { series in
            Entry(
                metric: series.labels.dictionary,
                values: series.samples.filter { !$0.value.isStaleMarker }
                    .map { Point(at: $0.at, text: formattedSample($0.value)) })
        }
        return Payload(resultType: "matrix", result: .entries(entries))
    }
}

/// The error object of Prometheus's HTTP API.
struct PrometheusFailure: Encodable {
    let status = "error"
    let errorType: String
    let error: String
}
