#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The function of one value that has a PromQL name; nil where there is none.
func valueFunction(named name: String) -> ((Double) -> Double)? {
    switch name {
    case "abs": { $0.magnitude }
    case "acos": { acos($0) }
    case "acosh": { acosh($0) }
    case "asin": { asin($0) }
    case "asinh": { asinh($0) }
    case "atan": { atan($0) }
    case "atanh": { atanh($0) }
    case "ceil": { $0.rounded(.up) }
    case "cos": { cos($0) }
    case "cosh": { cosh($0) }
    case "deg": { $0 * 180 / .pi }
    case "exp": { exp($0) }
    case "floor": { $0.rounded(.down) }
    case "ln": { log($0) }
    case "log10": { log10($0) }
    case "log2": { log2($0) }
    case "rad": { $0 * .pi / 180 }
    case "sgn": { $0 < 0 ? -1 : $0 > 0 ? 1 : $0 }
    case "sin": { sin($0) }
    case "sinh": { sinh($0) }
    case "sqrt": { $0.squareRoot() }
    case "tan": { tan($0) }
    case "tanh": { tanh($0) }
    default: nil
    }
}

/// The smaller of two, NaN where either is and neither is −∞: as Go's `math.Min`.
func smaller(_ a: Double, _ b: Double) -> Double {
    if a == -.infinity || b == -.infinity { return -.infinity }
    return a.isNaN || b.isNaN ? .nan : Double.minimum(a, b)
}

/// The larger of two, NaN where either is and neither is +∞: as Go's `math.Max`.
func larger(_ a: Double, _ b: Double) -> Double {
    if a == .infinity || b == .infinity { return .infinity }
    return a.isNaN || b.isNaN ? .nan : Double.maximum(a, b)
}

extension BinaryOperator {
    /// What arithmetic gives for two values. A comparison gives 1 or 0.
    @inline(__always)
    func apply(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .modulo: fmod(a, b)
        case .power: pow(a, b)
        case .atan2: Self.arcTangent(a, b)
        case .equal: a == b ? 1 : 0
        case .notEqual: a != b ? 1 : 0
        case .greater: a > b ? 1 : 0
        case .less: a < b ? 1 : 0
        case .greaterOrEqual: a >= b ? 1 : 0
        case .lessOrEqual: a <= b ? 1 : 0
        case .and, .or, .unless: .nan
        }
    }

    private static func arcTangent(_ y: Double, _ x: Double) -> Double {
        // Unqualified, the name is the case of this enumeration.
        #if canImport(Glibc)
            Glibc.atan2(y, x)
        #elseif canImport(Musl)
            Musl.atan2(y, x)
        #else
            Darwin.atan2(y, x)
        #endif
    }
}
