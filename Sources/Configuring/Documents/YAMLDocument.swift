import Yams

/// One YAML file, read into a tree that knows where each value stands.
struct YAMLDocument {
    /// Of one file.
    static let maximumByteCount = 1 << 20
    /// Enough for shared defaults, too few for a document that unfolds into millions of values.
    static let maximumAliasCount = 32

    /// Every repeated key costs another reading of the text, and these are bounded together.
    private static let maximumRereadByteCount = 4 << 20

    let file: String
    let root: Node
    /// The lines of the file, for places inside of block scalars.
    let lines: [Substring]
    /// Keys that another one of the same name follows in their mapping, by where they stand. In the
    /// tree they have a name of no meaning, so that both are kept.
    let overridden: [Position: String]

    /// Reads the text; every mistake of the form is reported.
    ///
    /// - Returns: nil where the text is no YAML, or is empty.
    init?(_ bytes: [UInt8], file: String, log: DiagnosticLog) {
        guard let text = Self.text(bytes, file: file, log: log) else { return nil }
        var edited = text
        var overridden: [Position: String] = [:]
        while true {
            do {
                guard let root = try Yams.compose(yaml: edited) else {
                    log.report("the file is empty", in: file, at: nil)
                    return nil
                }
                self.root = root
                break
            } catch YamlError.duplicatedKeysInMapping(let names, let context)
                where overridden.count < 100
                && overridden.count * bytes.count < Self.maximumRereadByteCount
            {
                // Yams tells where the first of the equal keys stands, and stops there.
                let position = Position(line: context.mark.line, column: context.mark.column)
                guard let name = names.first,
                    let renamed = Self.renaming(
                        edited, at: position, to: overridden.count)
                else {
                    log.report(
                        "duplicate key \(shown(names.first ?? ""))", in: file, at: position)
                    return nil
                }
                overridden[position] = overridden[position] ?? name
                edited = renamed
            } catch let error as YamlError {
                let (message, position) = Self.explanation(of: error)
                log.report(message, in: file, at: position)
                return nil
            } catch {
                log.report("not readable as YAML", in: file, at: nil)
                return nil
            }
        }
        self.file = file
        self.overridden = overridden
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Substring($0) }
    }

    /// The text of the file, where it is UTF-8 without control characters and not too clever.
    private static func text(_ bytes: [UInt8], file: String, log: DiagnosticLog) -> String? {
        guard bytes.count <= maximumByteCount else {
            log.report("the file is larger than 1MiB", in: file, at: nil)
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            log.report("the file is not UTF-8 text", in: file, at: nil)
            return nil
        }
        if let position = firstControlCharacter(in: text) {
            log.report("a control character, which YAML does not allow", in: file, at: position)
            return nil
        }
        if let position = aliasOverLimit(in: text) {
            log.report(
                "more than \(maximumAliasCount) aliases ('*name') in one file", in: file,
                at: position)
            return nil
        }
        return text
    }

    private static func firstControlCharacter(in text: String) -> Position? {
        var position = Position(line: 1, column: 1)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: position = Position(line: position.line + 1, column: 0)
            case 0x09, 0x0D, 0x85: break
            case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: return position
            default: break
            }
            position.column += 1
        }
        return nil
    }

    /// Where an alias too many stands. Counted before anything is unfolded: whatever may be an alias
    /// is taken for one, also in a comment.
    private static func aliasOverLimit(in text: String) -> Position? {
        var position = Position(line: 1, column: 1)
        var previous: UInt8 = 0x0A
        var isAfterStar = false
        var count = 0
        for byte in text.utf8 {
            if isAfterStar, byte > 0x20, ![0x2A, 0x2C, 0x5D, 0x7D].contains(byte) {
                count += 1
                if count > maximumAliasCount { return position }
            }
            isAfterStar = byte == 0x2A && " \n\t,[{:-?".utf8.contains(previous)
            previous = byte
            position.column += 1
            if byte == 0x0A { position = Position(line: position.line + 1, column: 1) }
        }
        return nil
    }

    /// The text with the key at that place renamed, its length kept; nil where no key stands there.
    private static func renaming(
        _ text: String, at position: Position, to index: Int
    ) -> String? {
        guard let substitute = Unicode.Scalar(0xE000 + UInt32(index)) else { return nil }
        var scalars = Array(text.unicodeScalars)
        var offset = 0
        var line = 1
        while line < position.line, offset < scalars.count {
            if scalars[offset] == "\n" { line += 1 }
            offset += 1
        }
        offset += position.column - 1
        guard offset < scalars.count else { return nil }
        if scalars[offset] == "\"" || scalars[offset] == "'" { offset += 1 }
        guard offset < scalars.count, !["&", "*", "!", "\\"].contains(scalars[offset]) else {
            return nil
        }
        scalars[offset] = substitute
        var renamed = String.UnicodeScalarView()
        renamed.append(contentsOf: scalars)
        return String(renamed)
    }

    private static func explanation(of error: YamlError) -> (message: String, at: Position?) {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let position = Position(line: mark.line, column: mark.column)
            // The parser's own words name a function of its library.
            if problem.hasPrefix("Maximum nesting level") {
                return ("not valid YAML: nested too deeply", position)
            }
            let doing = context.map { " \($0.text)" } ?? ""
            return ("not valid YAML\(doing): \(problem)", position)
        case .duplicatedKeysInMapping(let names, let context):
            return (
                "duplicate key \(shown(names.first ?? "")), one of too many to list",
                Position(line: context.mark.line, column: context.mark.column)
            )
        case .reader(let problem, _, _, _): return ("not valid YAML: \(problem)", nil)
        case .memory: return ("not valid YAML: nested too deeply", nil)
        default: return ("not valid YAML", nil)
        }
    }
}

extension Node {
    var position: Position? {
        mark.map { Position(line: $0.line, column: $0.column) }
    }

    /// What kind of value this is, for messages.
    var kindDescription: String {
        switch self {
        case .scalar(let scalar) where scalar.isNull: "nothing"
        case .scalar(let scalar): shown(scalar.string)
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    var isNull: Bool { scalar?.isNull ?? false }
}

extension Node.Scalar {
    /// Written without a value, or as YAML's null.
    var isNull: Bool {
        (style == .plain || style == .any) && ["", "~", "null", "Null", "NULL"].contains(string)
    }
}
