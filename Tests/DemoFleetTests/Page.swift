@testable import DemoFleet

/// A metrics page, read with no more than these tests need.
struct Page {
    struct HistogramID: Hashable, CustomStringConvertible {
        let family: String
        let labels: String

        var description: String { "\(family){\(labels)}" }
        var countSeries: String { "\(family)_count{\(labels)}" }
    }

    private(set) var types: [String: String] = [:]
    /// By the series as it is written, without a comma before the closing brace.
    private(set) var samples: [String: Double] = [:]
    private(set) var malformed: [String] = []
    private(set) var undeclared: [String] = []
    private(set) var repeated: [String] = []
    private(set) var histograms: [HistogramID: [(bound: Double, count: Double)]] = [:]

    /// nil where nobody answers.
    init?(_ fleet: FleetSimulation, _ path: String) {
        guard case .page(_, let text) = fleet.answer(path: path) else { return nil }
        self.init(text)
    }

    init(_ text: String) {
        for line in text.split(separator: "\n") { read(String(line)) }
    }

    /// The samples that only grow.
    var counters: [String: Double] {
        samples.filter { series, _ in
            let name = Self.name(series)
            return types[name] == "counter" || family(of: name) != name
        }
    }

    /// Of all series that begin so.
    func total(_ prefix: String) -> Double {
        samples.filter { $0.key.hasPrefix(prefix) }.values.reduce(0, +)
    }

    private mutating func read(_ line: String) {
        if let match = line.wholeMatch(of: /# TYPE (\S+) (counter|gauge|histogram|summary)/) {
            types[String(match.1)] = String(match.2)
            return
        }
        if line.wholeMatch(of: /# HELP \S+ .+/) != nil { return }
        let form = /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([^}]*(?:\{[a-z_]+\}[^}]*)*)\})? (\S+)/
        guard let match = line.wholeMatch(of: form), let value = Double(match.3) else {
            malformed.append(line)
            return
        }
        var pairs = (match.2 ?? "").split(separator: ",").map(String.init)
        malformed += pairs.filter { $0.wholeMatch(of: /[a-zA-Z_][a-zA-Z0-9_]*="[^"]*"/) == nil }
        let name = String(match.1)
        if family(of: name) == nil { undeclared.append(name) }
        let series = pairs.isEmpty ? name : "\(name){\(pairs.joined(separator: ","))}"
        if samples.updateValue(value, forKey: series) != nil { repeated.append(series) }
        guard name.hasSuffix("_bucket"), let family = family(of: name),
            let index = pairs.firstIndex(where: { $0.hasPrefix("le=") }),
            let bound = Double(pairs.remove(at: index).dropFirst(4).dropLast())
        else { return }
        let id = HistogramID(family: family, labels: pairs.joined(separator: ","))
        histograms[id, default: []].append((bound: bound, count: value))
    }

    private func family(of name: String) -> String? {
        if types[name] != nil { return name }
        for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
            let family = String(name.dropLast(suffix.count))
            if let type = types[family], type == "histogram" || type == "summary" { return family }
        }
        return nil
    }

    private static func name(_ series: String) -> String {
        String(series.prefix { $0 != "{" })
    }
}
