/// A sample's value as Prometheus writes it: the shortest digits that give the same double,
/// without an exponent (Go's `strconv.FormatFloat(v, 'f', -1, 64)`); `+Inf`, `-Inf`, `NaN`.
package func formatted(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    let text = Array("\(value)".utf8)
    let sign = text.first == UInt8(ascii: "-") ? "-" : ""
    let (digits, exponent) = decimalParts(text[(sign.isEmpty ? 0 : 1)...])
    if digits.isEmpty { return sign + "0" }
    let number = String(decoding: digits, as: UTF8.self)
    if exponent <= 0 { return sign + "0." + String(repeating: "0", count: -exponent) + number }
    if exponent >= digits.count {
        return sign + number + String(repeating: "0", count: exponent - digits.count)
    }
    return sign + number.prefix(exponent) + "." + number.dropFirst(exponent)
}

/// The same as samples stand in answers of the HTTP API: below 1e-6 and from 1e21 on with an
/// exponent, as JSON has numbers, `1e-07` and `2.5e+300`.
package func formattedSample(_ value: Double) -> String {
    let isUsual = value == 0 || !value.isFinite || (1e-6..<1e21).contains(abs(value))
    return isUsual ? formatted(value) : "\(value)"
}

/// Significant digits without zeros at either end, and where the point lies among them: the
/// value is 0.digits × 10^exponent.
private func decimalParts(_ text: ArraySlice<UInt8>) -> (digits: [UInt8], exponent: Int) {
    var digits: [UInt8] = []
    var exponent = 0
    var hasPoint = false
    var index = text.startIndex
    while index < text.endIndex, text[index] != UInt8(ascii: "e") {
        if text[index] == UInt8(ascii: ".") {
            hasPoint = true
        } else {
            digits.append(text[index])
            if !hasPoint { exponent += 1 }
        }
        index += 1
    }
    if index < text.endIndex {
        exponent += Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
    }
    let zero = UInt8(ascii: "0")
    let leading = digits.prefix { $0 == zero }.count
    digits.removeFirst(leading)
    exponent -= leading
    while digits.last == zero { digits.removeLast() }
    return (digits, exponent)
}

/// The same with a point or an exponent wherever it is finite, as OpenMetrics writes it: `1.0`.
func formattedOpenMetrics(_ value: Double) -> String {
    let text = formatted(value)
    return value.isFinite && !text.contains(".") && !text.contains("e") ? text + ".0" : text
}
