import TimeSeries

/// Where in a table the series of each metric stand, worked out once for each table.
struct MetricPlaces {
    private struct Run {
        let name: UInt32
        let start: UInt32
        let end: UInt32
    }

    private let runs: [Run]

    var runCount: Int { runs.count }

    init(_ table: SeriesTable, _ names: inout MetricNumbers) {
        var runs: [Run] = []
        table.labels.forEachMetricRun { name, places in
            runs.append(
                Run(
                    name: names[name], start: UInt32(places.lowerBound),
                    end: UInt32(places.upperBound)))
        }
        self.runs = runs
    }

    /// Ascending.
    func places(ofMetric name: UInt32) -> [Int] {
        runs.lazy.filter { $0.name == name }.flatMap { Int($0.start)..<Int($0.end) }
    }
}

/// Numbers for the names of metrics, which many tables share.
struct MetricNumbers {
    private var numbers: [String: UInt32] = [:]

    var count: Int { numbers.count }

    /// The number of a name; a new one at the first time.
    subscript(name: String) -> UInt32 {
        mutating get {
            if let known = numbers[name] { return known }
            let number = UInt32(numbers.count)
            numbers[name] = number
            return number
        }
    }
}
