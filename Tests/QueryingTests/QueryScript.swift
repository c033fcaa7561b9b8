import Testing
import TimeSeries

@testable import Querying

/// Runs tests written as data and expectations:
///
///     load 5m
///       requests{path="/a"} 0+10x5 _ stale
///     eval instant at 10m rate(requests[5m])
///       {path="/a"} 0.0333
///     eval range from 0 to 10m step 5m requests
///       requests{path="/a"} 0 10 20
///     fail instant at 0 requests + on () requests
///       many-to-many
///
/// Series begin at 0; `a+bxn` is a and n further values, each b more; `axn` repeats; `_` is a
/// gap; `stale` ends the series. A scalar's or string's expectation stands alone on its line.
/// `ordered` in place of `eval` compares the order as well.
struct QueryScript {
    private var source = MemorySource([])
    private var series: [Series] = []
    private var engine = QueryEngine()

    static func run(
        _ script: String, engine: QueryEngine = QueryEngine(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var runner = QueryScript()
        runner.engine = engine
        do {
            try runner.run(script.split(separator: "\n").map(String.init), sourceLocation)
        } catch {
            Issue.record("\(error)", sourceLocation: sourceLocation)
        }
    }

    private struct Malformed: Error, CustomStringConvertible {
        var description: String
    }

    private mutating func run(_ lines: [String], _ location: SourceLocation) throws {
        var index = 0
        while index < lines.count {
            let line = lines[index]
            index += 1
            let words = line.split(separator: " ").map(String.init)
            guard let command = words.first, !command.hasPrefix("#") else { continue }
            var block: [String] = []
            while index < lines.count, lines[index].hasPrefix("  ") {
                let text = lines[index].drop { $0 == " " }
                if !text.hasPrefix("#"), !text.isEmpty { block.append(String(text)) }
                index += 1
            }
            switch command {
            case "load": try load(block, interval: duration(words[1]))
            case "clear": series = []
            case "eval", "ordered", "fail": try evaluate(words, block, location)
            default: throw Malformed(description: "unknown command: \(line)")
            }
            source = MemorySource(series)
        }
    }

    private func duration(_ text: String) throws -> Int64 {
        guard let duration = Duration(parsingPrometheus: text) else {
            throw Malformed(description: "no duration: \(text)")
        }
        return duration.milliseconds
    }

    private mutating func load(_ block: [String], interval: Int64) throws {
        for line in block {
            let (labels, rest) = try split(line)
            var timestamps: [Int64] = []
            var values: [Double] = []
            for (index, value) in try rest.flatMap(expand).enumerated() {
                guard let value else { continue }
                timestamps.append(Int64(index) * interval)
                values.append(value)
            }
            series.append(Series(labels: labels, timestamps: timestamps, values: values))
        }
    }

    /// Labels and the words behind them.
    private func split(_ line: String) throws -> (LabelSet, [String]) {
        var head = ""
        var rest = Substring(line)
        if let end = line.lastIndex(of: "}") {
            head = String(line[...end])
            rest = line[line.index(after: end)...]
        } else if let end = line.firstIndex(of: " ") {
            head = String(line[..<end])
            rest = line[end...]
        }
        let words = rest.split(separator: " ").map(String.init)
        if head == "{}" { return (LabelSet(), words) }
        let matchers = try QueryExpression(parsing: head).selectors[0]
        return (LabelSet(matchers.map { (name: $0.name, value: $0.value) }), words)
    }

    private func expand(_ word: String) throws -> [Double?] {
        if word == "_" { return [nil] }
        if word == "stale" { return [.staleMarker] }
        if let value = Double(word) { return [value] }
        let halves = word.split(separator: "x")
        guard halves.count == 2, let count = Int(halves[1]) else {
            throw Malformed(description: "no values: \(word)")
        }
        if halves[0] == "_" { return Array(repeating: nil, count: count) }
        if let value = Double(halves[0]) { return Array(repeating: value, count: count + 1) }
        guard let sign = halves[0].dropFirst().lastIndex(where: { "+-".contains($0) }),
            let first = Double(halves[0][..<sign]), let slope = Double(halves[0][sign...])
        else { throw Malformed(description: "no values: \(word)") }
        return (0...count).map { first + Double($0) * slope }
    }

    // MARK: Evaluation

    private func evaluate(
        _ words: [String], _ block: [String], _ location: SourceLocation
    ) throws {
        let isRange = words[1] == "range"
        let text = words[(isRange ? 8 : 4)...].joined(separator: " ")
        let times = try (isRange ? [3, 5, 7] : [3]).map { try duration(words[$0]) }
        let outcome: Result<[(LabelSet?, [String])], any Error> = Result {
            let expression = try QueryExpression(parsing: text)
            return isRange
                ? try range(expression, times) : try instant(expression, at: times[0])
        }
        switch (outcome, words[0]) {
        case (.failure(let error), "fail"):
            #expect(
                "\(error)".contains(block.first ?? "?"), "\(text): \(error)",
                sourceLocation: location)
        case (.failure(let error), _):
            Issue.record("\(text): \(error)", sourceLocation: location)
        case (.success(let rows), "fail"):
            Issue.record("\(text) gave \(rows), not an error", sourceLocation: location)
        case (.success(let rows), let command):
            try compare(rows, block, isOrdered: command == "ordered", text, location)
        }
    }

    private func instant(
        _ expression: QueryExpression, at time: Int64
    ) throws -> [(LabelSet?, [String])] {
        let at = Timestamp(milliseconds: time)
        switch try engine.instant(expression, at: at, over: source) {
        case .scalar(let value): return [(nil, [formatted(value)])]
        case .string(let text): return [(nil, [quoted(text)])]
        case .vector(let elements): return elements.map { ($0.labels, [formatted($0.value)]) }
        case .matrix(let series):
            return series.map { one in
                (
                    one.labels,
                    one.samples.map { "\(formatted($0.value))@\($0.at.milliseconds / 1000)" }
                )
            }
        }
    }

    private func range(
        _ expression: QueryExpression, _ times: [Int64]
    ) throws -> [(LabelSet?, [String])] {
        let result = try engine.range(
            expression, start: Timestamp(milliseconds: times[0]),
            end: Timestamp(milliseconds: times[1]), step: .milliseconds(times[2]), over: source)
        return result.map { series in
            let values = stride(from: times[0], through: times[1], by: Int(times[2])).map { time in
                series.timestamps.firstIndex(of: time).map { formatted(series.values[$0]) } ?? "_"
            }
            return (series.labels, values)
        }
    }

    private func compare(
        _ rows: [(LabelSet?, [String])], _ block: [String], isOrdered: Bool, _ text: String,
        _ location: SourceLocation
    ) throws {
        var expected: [(LabelSet?, [String])] = []
        for line in block {
            let isAlone = line.hasPrefix("\"") || !line.contains(" ")
            if isAlone {
                expected.append((nil, [line]))
            } else {
                let (labels, words) = try split(line)
                let isSpread =
                    words.count == 1 && words[0].contains("x") && rows.first?.1.count != 1
                let values =
                    isSpread
                    ? try expand(words[0]).map { $0.map(formatted) ?? "_" } : words
                expected.append((labels, values))
            }
        }
        var remaining = rows
        for (position, (labels, values)) in expected.enumerated() {
            let match = remaining.firstIndex { row in
                row.0 == labels && row.1.count == values.count
                    && zip(row.1, values).allSatisfy(Self.isClose)
            }
            let isInPlace = !isOrdered || match == 0
            guard let match, isInPlace else {
                Issue.record(
                    "\(text): expected \(labels.map { "\($0)" } ?? "") \(values) at \(position), got \(rows)",
                    sourceLocation: location)
                return
            }
            remaining.remove(at: match)
        }
        if !remaining.isEmpty {
            Issue.record("\(text): also gave \(remaining)", sourceLocation: location)
        }
    }

    private static func isClose(_ a: String, _ b: String) -> Bool {
        if a == b { return true }
        guard let x = Double(a), let y = Double(b) else { return false }
        return abs(x - y) <= 1e-9 * max(abs(x), abs(y), 1e-6)
    }
}
