/// What names and values of labels may be in files.
enum LabelName {
    static let shape = "letters, digits and underscores, not beginning with a digit"

    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 512 else { return false }
        return !isDigit(first) && name.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }

    /// A metric's name may have colons too.
    static func isValidMetric(_ name: String) -> Bool {
        isValid(String(name.map { $0 == ":" ? "_" : $0 }))
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension Fields {
    /// Labels by name; wrong names are reported and left out.
    ///
    /// - Parameter reserved: Names that may not be given, each with the reason.
    func labels(_ key: String, reserved: [String: String] = [:]) -> [String: String] {
        var labels: [String: String] = [:]
        for entry in stringMap(key, allowsEmpty: true) ?? [] {
            if !LabelName.isValid(entry.name) {
                context.report(
                    "label name is \(shown(entry.name)), expected \(LabelName.shape)",
                    at: entry.position)
            } else if entry.name.hasPrefix("__") {
                context.report(
                    "label \(shown(entry.name)) begins with '__', which is kept for mlmon",
                    at: entry.position)
            } else if let reason = reserved[entry.name] {
                context.report("label \(shown(entry.name)) \(reason)", at: entry.position)
            } else if entry.value.utf8.count > 4096 {
                context.report(
                    "label \(shown(entry.name)) is longer than 4096 bytes", at: entry.node.position)
            } else {
                labels[entry.name] = entry.value
            }
        }
        return labels
    }
}
