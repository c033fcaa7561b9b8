import Querying
import TimeSeries

/// Writes JSON straight to bytes: answers of some hundred thousand samples are common here.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    /// Whether the next member or element is the first of its object or array.
    private var isFirst = true

    mutating func object(_ body: (inout JSONText) throws -> Void) rethrows {
        try nested("{", "}", body)
    }

    mutating func array(_ body: (inout JSONText) throws -> Void) rethrows {
        try nested("[", "]", body)
    }

    private mutating func nested(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONText) throws -> Void
    ) rethrows {
        separate()
        bytes.append(UInt8(ascii: open))
        isFirst = true
        try body(&self)
        bytes.append(UInt8(ascii: close))
        isFirst = false
    }

    /// A member whose value is written next.
    mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        isFirst = true
    }

    mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    mutating func member(_ name: String, number: Double) {
        key(name)
        raw(number.isFinite ? formatted(number) : "0")
    }

    mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                for digit in [byte >> 4, byte & 15] {
                    bytes.append(digit < 10 ? 48 + digit : 87 + digit)
                }
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A number, `true`, `false` or `null`.
    mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    // MARK: Prometheus

    mutating func labels(_ labels: LabelSet) {
        object { json in
            for (name, value) in labels.pairs { json.member(name, value) }
        }
    }

    mutating func labels(_ labels: [String: String]) {
        object { json in
            for (name, value) in labels.sorted(by: { $0.key < $1.key }) { json.member(name, value) }
        }
    }

    /// `[1795239722.885,"0.31"]`.
    mutating func point(_ milliseconds: Int64, _ text: String) {
        array {
            $0.raw(formatted(Double(milliseconds) / 1000))
            $0.string(text)
        }
    }

    mutating func strings(_ texts: some Sequence<String>) {
        array { json in
            for text in texts { json.string(text) }
        }
    }

    mutating func tree(_ tree: SyntaxTree) {
        switch tree {
        case .null: raw("null")
        case .text(let text): string(text)
        case .number(let number): raw("\(number)")
        case .flag(let flag): raw("\(flag)")
        case .list(let elements):
            array { json in
                for element in elements { json.tree(element) }
            }
        case .object(let members):
            object { json in
                for (name, value) in members {
                    json.key(name)
                    json.tree(value)
                }
            }
        }
    }
}
