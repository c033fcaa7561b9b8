import TestSupport

/// Writes random PromQL that is valid.
struct RandomExpression {
    private var generator: SplitMix64

    init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
    }

    private mutating func pick(_ choices: String...) -> String {
        choices.randomElement(using: &generator) ?? ""
    }

    private mutating func roll(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    mutating func scalar(depth: Int) -> String {
        guard depth > 0 else {
            return pick(
                "1", "0", "-1", "0.5", "NaN", "Inf", "-Inf", "1e300", "5m", "0x10", "time()",
                "step()", "end() - start()")
        }
        return switch roll(4) {
        case 0: "scalar(\(vector(depth: depth - 1)))"
        case 1:
            "\(scalar(depth: 0)) \(pick("+", "-", "*", "/", "%", "^", "atan2", "> bool", "== bool")) "
                + scalar(depth: depth - 1)
        case 2: "-(\(scalar(depth: depth - 1)))"
        default: scalar(depth: 0)
        }
    }

    mutating func range(depth: Int) -> String {
        if depth > 0, roll(2) == 0 {
            return "(\(vector(depth: depth - 1)))[\(pick("5s", "1m")):\(pick("", "500ms", "2s"))]"
                + shift()
        }
        let length = pick("2s", "1m", "1ms", "3", "1s * 2", "max(step(), 3s)", "(range() + 1) / 2")
        return selector() + "[\(length)]" + shift()
    }

    private mutating func shift() -> String {
        pick(
            "", "", "", " offset 1s", " offset -1h", " @ 1", " @ start()", " @ end() offset 1s",
            " offset (1s + step())", " offset -step()")
    }

    private mutating func selector() -> String {
        pick("a", "b", "{k=\"1\"}", "a{k!=\"2\"}", "{__name__=~\"a|b\"}", "b{le=~\".*\"}", "none")
    }

    mutating func vector(depth: Int) -> String {
        guard depth > 0 else { return selector() + shift() }
        let below = depth - 1
        switch roll(12) {
        case 0:
            let operation = pick(
                "+", "-", "*", "/", "%", "^", "atan2", "==", "!=", ">", "<= bool", "and", "or",
                "unless")
            let isSet = ["and", "or", "unless"].contains(operation)
            let matching =
                pick("", "", "on (k) ", "ignoring (le) ", "on () ")
                + (isSet ? "" : pick("", "", "fill(0) ", "fill_left(1) "))
            return "\(vector(depth: below)) \(operation) \(matching)\(vector(depth: below))"
        case 1:
            return "\(vector(depth: below)) \(pick("+", "/", ">", "== bool")) \(scalar(depth: 1))"
        case 2: return "\(scalar(depth: 1)) \(pick("-", "%", "<")) \(vector(depth: below))"
        case 3:
            let name = pick("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar")
            return "\(name) \(pick("", "by (k) ", "without (le) "))(\(vector(depth: below)))"
        case 4:
            let name = pick("topk", "bottomk", "quantile", "limitk", "limit_ratio")
            return "\(name)(\(scalar(depth: 1)), \(vector(depth: below)))"
        case 5:
            let name = pick(
                "rate", "increase", "delta", "irate", "idelta", "deriv", "changes", "resets",
                "sum_over_time", "avg_over_time", "min_over_time", "max_over_time", "mad_over_time",
                "count_over_time", "last_over_time", "stddev_over_time", "absent_over_time",
                "ts_of_max_over_time", "present_over_time", "first_over_time")
            return "\(name)(\(range(depth: below)))"
        case 6:
            return pick(
                "predict_linear(\(range(depth: below)), \(scalar(depth: 1)))",
                "quantile_over_time(\(scalar(depth: 1)), \(range(depth: below)))",
                "double_exponential_smoothing(\(range(depth: below)), 0.5, \(scalar(depth: 0)))")
        case 7:
            let name = pick(
                "abs", "ceil", "exp", "ln", "sgn", "year", "day_of_week", "days_in_month", "hour",
                "timestamp", "sort", "sort_desc", "absent", "acosh", "round", "histogram_count")
            return "\(name)(\(vector(depth: below)))"
        case 8:
            return pick(
                "histogram_quantile(\(scalar(depth: 1)), \(vector(depth: below)))",
                "histogram_fraction(0, \(scalar(depth: 1)), \(vector(depth: below)))",
                "clamp(\(vector(depth: below)), \(scalar(depth: 1)), \(scalar(depth: 1)))",
                "round(\(vector(depth: below)), \(scalar(depth: 1)))")
        case 9:
            return pick(
                "label_replace(\(vector(depth: below)), \"k\", \"$1x\", \"le\", \"(.*)\")",
                "label_join(\(vector(depth: below)), \"j\", \"-\", \"k\", \"le\")",
                "count_values(\"v\", \(vector(depth: below)))")
        case 10: return "-\(vector(depth: 0))"
        default: return "(\(vector(depth: below)))"
        }
    }

    /// The text with a few bytes changed, removed or doubled.
    mutating func damaged(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for _ in 0...roll(3) where !bytes.isEmpty {
            let index = roll(bytes.count)
            switch roll(3) {
            case 0: bytes[index] = UInt8(roll(128))
            case 1: bytes.remove(at: index)
            default: bytes.insert(bytes[index], at: index)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
