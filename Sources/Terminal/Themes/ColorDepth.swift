/// How many colours the terminal draws.
package enum ColorDepth: Int, Comparable, Sendable {
    case mono = 0
    case eight = 8
    case sixteen = 16
    case indexed = 256
    /// 24 bits.
    case direct = 16_777_216

    package static func < (a: ColorDepth, b: ColorDepth) -> Bool { a.rawValue < b.rawValue }

    /// - Parameters:
    ///   - colorCount: What the terminal's description says, 0 or less where it has no colour.
    ///   - environment: `NO_COLOR`, set and not empty, switches colour off: <https://no-color.org>.
    package init(colorCount: Int, environment: [String: String]) {
        if let value = environment["NO_COLOR"], !value.isEmpty {
            self = .mono
            return
        }
        switch colorCount {
        case 16_777_216...: self = .direct
        case 256..<16_777_216: self = .indexed
        case 16..<256: self = .sixteen
        case 8..<16: self = .eight
        default: self = .mono
        }
    }
}
