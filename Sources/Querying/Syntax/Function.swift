/// A function of PromQL: its name, what it takes, what it gives.
struct Function: Equatable, Sendable {
    let name: String
    let arguments: [ValueType]
    /// How many of the last arguments may be left out.
    let optionalCount: Int
    /// The last argument may be given any number of times.
    let isVariadic: Bool
    /// Arguments that may be given where any number may not; nil for as many as there are.
    private(set) var largestCount: Int?
    let returns: ValueType

    static func == (a: Function, b: Function) -> Bool { a.name == b.name }

    /// Of every function, in order.
    static var names: [String] { all.keys.sorted() }

    static func named(_ name: String) -> Function? { all[name] }

    private init(
        _ name: String, _ arguments: [ValueType], optional: Int = 0, variadic: Bool = false,
        largestCount: Int? = nil, returns: ValueType = .vector
    ) {
        self.name = name
        self.arguments = arguments
        optionalCount = optional
        isVariadic = variadic
        self.largestCount = largestCount
        self.returns = returns
    }

    /// Functions of a range that give one value a series, apart from those with a parameter.
    static let ofRange = [
        "avg_over_time", "changes", "count_over_time", "delta", "deriv", "first_over_time",
        "idelta", "increase", "irate", "last_over_time", "mad_over_time", "max_over_time",
        "min_over_time", "present_over_time", "rate", "resets", "stddev_over_time",
        "stdvar_over_time", "sum_over_time", "ts_of_first_over_time", "ts_of_last_over_time",
        "ts_of_max_over_time", "ts_of_min_over_time",
    ]
    /// Functions of one value.
    static let ofValue = [
        "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "deg",
        "exp", "floor", "ln", "log10", "log2", "rad", "sgn", "sin", "sinh", "sqrt", "tan", "tanh",
    ]
    /// Functions of a time, which is that of the evaluation where none is given.
    static let ofTime = [
        "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month",
        "year",
    ]
    /// Numbers that the query itself gives.
    static let ofQuery = ["end", "pi", "range", "start", "step", "time"]
    /// Its second argument are matchers in braces.
    static let info = "info"
    /// Functions of native histograms, which no series here holds: they give no elements.
    static let ofNativeHistogram = [
        "histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar",
        "histogram_sum",
    ]

    private static let others: [Function] = [
        Function("absent", [.vector]),
        Function("absent_over_time", [.matrix]),
        Function("clamp", [.vector, .scalar, .scalar]),
        Function("clamp_max", [.vector, .scalar]),
        Function("clamp_min", [.vector, .scalar]),
        Function("double_exponential_smoothing", [.matrix, .scalar, .scalar]),
        Function("histogram_fraction", [.scalar, .scalar, .vector]),
        Function("histogram_quantile", [.scalar, .vector]),
        Function(
            "histogram_quantiles", [.vector, .string, .scalar], variadic: true, largestCount: 12),
        Function("holt_winters", [.matrix, .scalar, .scalar]),
        Function(info, [.vector, .vector], optional: 1),
        Function("label_join", [.vector, .string, .string, .string], optional: 1, variadic: true),
        Function("label_replace", [.vector, .string, .string, .string, .string]),
        Function("max_of", [.scalar, .scalar], returns: .scalar),
        Function("min_of", [.scalar, .scalar], returns: .scalar),
        Function("predict_linear", [.matrix, .scalar]),
        Function("quantile_over_time", [.scalar, .matrix]),
        Function("round", [.vector, .scalar], optional: 1),
        Function("scalar", [.vector], returns: .scalar),
        Function("sort", [.vector]),
        Function("sort_by_label", [.vector, .string], optional: 1, variadic: true),
        Function("sort_by_label_desc", [.vector, .string], optional: 1, variadic: true),
        Function("sort_desc", [.vector]),
        Function("timestamp", [.vector]),
        Function("vector", [.scalar]),
    ]

    private static let all: [String: Function] = {
        var functions = others
        functions += ofQuery.map { Function($0, [], returns: .scalar) }
        functions += ofRange.map { Function($0, [.matrix]) }
        functions += (ofValue + ofNativeHistogram).map { Function($0, [.vector]) }
        functions += ofTime.map { Function($0, [.vector], optional: 1) }
        return Dictionary(functions.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }()

    /// The known function or aggregation that a mistyped name comes nearest to, by Levenshtein
    /// distance; nil where none is near.
    static func suggestion(for name: String) -> String? {
        let wanted = Array(name.lowercased().utf8.prefix(64))
        let names = Self.names + Aggregator.allCases.map(\.rawValue)
        let nearest = names.map { (name: $0, distance: distance(wanted, Array($0.utf8))) }
            .min { a, b in
                if a.distance != b.distance { return a.distance < b.distance }
                // Rather what was left unfinished than what was typed wrong.
                return a.name.hasPrefix(name) && !b.name.hasPrefix(name)
            }
        guard let nearest, nearest.distance <= max(1, wanted.count / 3) else { return nil }
        return nearest.name
    }

    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
