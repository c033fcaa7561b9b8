/// A string literal with Go's escapes, as PromQL prints it.
package func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

/// Whether a label's name needs no quotes.
func isPlainLabelName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
    return name.utf8.allSatisfy { ScalarSet.word.contains(UInt32($0)) }
}

/// Whether a metric's name needs no quotes.
func isPlainMetricName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
    return name.utf8.allSatisfy {
        $0 == UInt8(ascii: ":") || ScalarSet.word.contains(UInt32($0))
    }
}

func quotedLabelName(_ name: String) -> String {
    isPlainLabelName(name) ? name : quoted(name)
}
