import TimeSeries

/// Samples of an OpenMetrics text in which every line has a timestamp, as columns by series.
///
/// Reads what `promtool tsdb create-blocks-from openmetrics` reads, and nothing more: the two are
/// given one file. Metadata lines are passed over.
struct OpenMetricsColumns {
    struct Mistake: Error {
        let line: Int
        let text: String
    }

    private(set) var series: [Series] = []
    private var indices: [[UInt8]: Int] = [:]

    init(_ bytes: UnsafeRawBufferPointer) throws {
        var start = 0
        var number = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            number += 1
            if end > start, bytes[start] != UInt8(ascii: "#") {
                let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                guard read(line) else {
                    throw Mistake(line: number, text: String(decoding: line, as: UTF8.self))
                }
            }
            start = end + 1
        }
    }

    private mutating func read(_ line: UnsafeRawBufferPointer) -> Bool {
        let space = UInt8(ascii: " ")
        guard let timeStart = line.lastIndex(of: space), timeStart > 0,
            let valueStart = line[..<timeStart].lastIndex(of: space),
            let seconds = Double(String(decoding: line[(timeStart + 1)...], as: UTF8.self)),
            let value = Double(String(decoding: line[(valueStart + 1)..<timeStart], as: UTF8.self))
        else { return false }
        let key = Array(line[..<valueStart])
        let index: Int
        if let known = indices[key] {
            index = known
        } else {
            guard let labels = Self.labels(key) else { return false }
            index = series.count
            indices[key] = index
            series.append(Series(labels: labels))
        }
        series[index].timestamps.append(Timestamp(seconds: seconds).milliseconds)
        series[index].values.append(value)
        return true
    }

    /// `name{a="b",c="d"}`, with the escapes `\\`, `\"` and `\n` in values.
    private static func labels(_ key: [UInt8]) -> LabelSet? {
        let text = Array(String(decoding: key, as: UTF8.self))
        guard let open = text.firstIndex(of: "{") else {
            return LabelSet(metricName: String(text))
        }
        var labels: [String: String] = [:]
        var index = open + 1
        while index < text.count, text[index] != "}" {
            guard let equals = text[index...].firstIndex(of: "="), equals + 1 < text.count else {
                return nil
            }
            let name = String(text[index..<equals])
            var value = ""
            index = equals + 2
            while index < text.count, text[index] != "\"" {
                if text[index] == "\\", index + 1 < text.count {
                    index += 1
                    value.append(text[index] == "n" ? "\n" : text[index])
                } else {
                    value.append(text[index])
                }
                index += 1
            }
            labels[name] = value
            index += 1
            if index < text.count, text[index] == "," { index += 1 }
        }
        return LabelSet(metricName: String(text[..<open]), labels)
    }
}

extension OpenMetricsColumns {
    /// The samples as scrapes would have brought them: one batch an instant, ascending.
    func forEachBatch(_ body: (SampleBatch) throws -> Void) rethrows {
        var members: [Int64: [(series: Int, sample: Int)]] = [:]
        for (index, series) in series.enumerated() {
            for (sample, time) in series.timestamps.enumerated() {
                members[time, default: []].append((index, sample))
            }
        }
        var tables: [[Int]: SeriesTable] = [:]
        for time in members.keys.sorted() {
            let present = members[time] ?? []
            let key = present.map(\.series)
            let table = tables[key] ?? SeriesTable(labels: key.map { series[$0].labels })
            tables[key] = table
            try body(
                SampleBatch(
                    at: Timestamp(milliseconds: time), table: table,
                    values: present.map { series[$0.series].values[$0.sample] }))
        }
    }
}
