extension PageBuilder {
    // MARK: A sample's name and labels

    /// Reads the part of a sample line before the value into the assembler.
    mutating func readSeries() throws(ExpositionError) {
        let lineStart = cursor.i
        assembler.reset()
        var hasName = false
        if !cursor.isAt("{") {
            let name = cursor.bareName(allowingColon: true)
            guard !name.isEmpty else { throw cursor.error("a metric name or a # line") }
            try checkLength(name, limits.labelNameByteCount, "metric name")
            assembler.append(UnsafeBufferPointer(rebasing: cursor.bytes[name]))
            assembler.setMetricName(from: 0)
            hasName = true
            try expectNameEnd(name)
        }
        if cursor.skip("{") {
            try readLabels(hasName: &hasName)
            guard hasName else { throw cursor.error("a metric name in the braces", at: lineStart) }
        }
        guard assembler.count <= limits.labelCount else {
            throw cursor.error(
                "at most \(limits.labelCount) labels (the target's label limit)", at: lineStart,
                limit: .labels)
        }
        if cursor.isText {
            cursor.skipBlanks()
        } else {
            try cursor.skipSeparator(before: "the value")
        }
    }

    /// After a bare name comes a brace or a separator, nothing else.
    private mutating func expectNameEnd(_ name: Range<Int>) throws(ExpositionError) {
        if cursor.isText {
            let isSeparated = cursor.byte == 0x20 || cursor.byte == 0x09
            cursor.skipBlanks()
            guard isSeparated || cursor.isAt("{") else { throw cursor.error("'{' or a value") }
        } else {
            guard cursor.isAt("{") || cursor.isAt(" ") else { throw cursor.error("'{' or a value") }
        }
    }

    /// Reads the labels up to and with the closing brace.
    private mutating func readLabels(hasName: inout Bool) throws(ExpositionError) {
        var isFirst = true
        while true {
            skipInnerBlanks()
            if cursor.skip("}") { return }
            try readLabel(isFirst: isFirst, hasName: &hasName)
            isFirst = false
            skipInnerBlanks()
            guard cursor.skip(",") || cursor.isAt("}") else { throw cursor.error("',' or '}'") }
        }
    }

    private mutating func skipInnerBlanks() {
        if cursor.isText { cursor.skipBlanks() }
    }

    private mutating func readLabel(isFirst: Bool, hasName: inout Bool) throws(ExpositionError) {
        let start = cursor.i
        let mark = assembler.mark
        let isQuoted = cursor.isAt("\"")
        if isQuoted {
            try cursor.quoted { assembler.append($0) }
        } else {
            let name = cursor.bareName(allowingColon: false)
            assembler.append(UnsafeBufferPointer(rebasing: cursor.bytes[name]))
        }
        guard assembler.mark > mark else { throw cursor.error("a label name", at: start) }
        try checkLength(start..<cursor.i, limits.labelNameByteCount, "label name")
        skipInnerBlanks()
        if isQuoted, !cursor.isAt("=") {
            guard isFirst, !hasName else {
                throw cursor.error("'=': the metric name is already set")
            }
            assembler.setMetricName(from: mark)
            hasName = true
            return
        }
        guard cursor.skip("=") else { throw cursor.error("'='") }
        skipInnerBlanks()
        let valueStart = assembler.mark
        let place = cursor.i
        try cursor.quoted { assembler.append($0) }
        try checkLength(place + 1..<cursor.i - 1, limits.labelValueByteCount, "label value")
        guard assembler.addLabel(from: mark, valueStart: valueStart) else {
            throw cursor.error("each label once", at: start)
        }
    }

    private func checkLength(
        _ range: Range<Int>, _ limit: Int, _ what: String
    ) throws(ExpositionError) {
        guard range.count <= limit else {
            throw cursor.error(
                "a \(what) of at most \(limit) bytes (the target's \(what) limit)",
                at: range.lowerBound,
                limit: what == "label value" ? .labelValueLength : .labelNameLength)
        }
    }

    // MARK: Lines that begin with #

    mutating func readComment() throws(ExpositionError) {
        let lineStart = cursor.i
        cursor.i += 1
        let isSeparated = cursor.byte == 0x20 || cursor.byte == 0x09
        if cursor.isText { cursor.skipBlanks() } else { _ = cursor.skip(" ") }
        switch isSeparated ? word() : "" {
        case "TYPE": try readType()
        case "HELP": try readHelp()
        case "UNIT" where !cursor.isText: try readUnit()
        case "EOF" where !cursor.isText: return try readEnd()
        default:
            guard cursor.isText else {
                throw cursor.error("# TYPE, # HELP, # UNIT or # EOF", at: lineStart)
            }
        }
        cursor.i = min(cursor.lineEnd(from: cursor.i) + 1, cursor.end)
    }

    /// The word here if a separator or the line's end follows; the cursor is then behind it.
    private mutating func word() -> String {
        let start = cursor.i
        while !cursor.isAtLineEnd, cursor.byte != 0x20, cursor.byte != 0x09, cursor.i - start < 8 {
            cursor.i += 1
        }
        return String(decoding: cursor.bytes[start..<cursor.i], as: UTF8.self)
    }

    private mutating func readEnd() throws(ExpositionError) {
        guard cursor.isAtEnd || cursor.isAt("\n") else { throw cursor.error("the end of the line") }
        if !cursor.isAtEnd { cursor.i += 1 }
        guard cursor.isAtEnd else { throw cursor.error("nothing after # EOF") }
        hasEnded = true
    }

    private mutating func descriptorName() throws(ExpositionError) -> String {
        try cursor.skipSeparator(before: "a metric name")
        if cursor.isAt("\"") {
            var text: [UInt8] = []
            try cursor.quoted { text.append($0) }
            return String(decoding: text, as: UTF8.self)
        }
        let start = cursor.i
        let name = cursor.bareName(allowingColon: true)
        let isWhole = cursor.isAtLineEnd || cursor.byte == 0x20 || cursor.byte == 0x09
        guard !name.isEmpty, isWhole else { throw cursor.error("a metric name", at: start) }
        try checkLength(name, limits.labelNameByteCount, "metric name")
        return String(decoding: cursor.bytes[name], as: UTF8.self)
    }

    /// The rest of the line without its end; in text format without blanks around it.
    private mutating func restOfLine() -> Range<Int> {
        if cursor.isText { cursor.skipBlanks() } else { _ = cursor.skip(" ") }
        let start = cursor.i
        var end = cursor.lineEnd(from: start)
        cursor.i = end
        guard cursor.isText else { return start..<end }
        if end > start, cursor.bytes[end - 1] == 0x0D {
            end -= 1
            warnings.add(.carriageReturn, "lines end in CR LF", line: nil)
        }
        while end > start, cursor.bytes[end - 1] == 0x20 || cursor.bytes[end - 1] == 0x09 {
            end -= 1
        }
        return start..<end
    }

    private mutating func readType() throws(ExpositionError) {
        let line = cursor.i
        let name = try descriptorName()
        let rest = restOfLine()
        let word = String(decoding: cursor.bytes[rest], as: UTF8.self)
        guard let kind = kind(word, line: line) else {
            throw cursor.error(
                cursor.isText
                    ? "counter, gauge, histogram, summary or untyped" : "an OpenMetrics type",
                at: rest.lowerBound)
        }
        guard hasType.insert(name).inserted else {
            if families[name]?.kind != kind {
                let shown = ExpositionError.printable(name.utf8)
                warn(.secondType, "second TYPE of '\(shown)'; the first one counts", line)
            }
            return
        }
        if isSampled(name) {
            let shown = ExpositionError.printable(name.utf8)
            warn(.lateType, "TYPE of '\(shown)' after its samples", line)
        }
        families.update(name) { $0.kind = kind }
    }

    private mutating func warn(_ kind: PageWarnings.Kind, _ message: String, _ place: Int) {
        guard !warnings.has(kind) else { return }
        warnings.add(kind, message, line: cursor.lineNumber(of: place))
    }

    private func isSampled(_ name: String) -> Bool {
        ["", "_total", "_bucket", "_sum", "_count"].contains { sampledNames.contains(name + $0) }
    }

    private mutating func kind(_ word: String, line: Int) -> MetricFamily.Kind? {
        if word == "untyped" { return cursor.isText ? .unknown : nil }
        guard let kind = MetricFamily.Kind(rawValue: word) else { return nil }
        switch kind {
        case .counter, .gauge, .histogram, .summary: return kind
        case .unknown, .info, .gaugeHistogram, .stateSet:
            guard cursor.isText else { return kind }
            warn(.foreignType, "type '\(word)' belongs to OpenMetrics; read as untyped", line)
            return .unknown
        }
    }

    private mutating func readHelp() throws(ExpositionError) {
        let name = try descriptorName()
        let rest = restOfLine()
        try cursor.checkUTF8(rest)
        let help = unescapedHelp(rest)
        families.update(name) { if $0.help.isEmpty { $0.help = help } }
    }

    /// At most 512 bytes of it.
    private func unescapedHelp(_ range: Range<Int>) -> String {
        var text: [UInt8] = []
        var i = range.lowerBound
        while i < range.upperBound, text.count < 512 {
            var byte = cursor.bytes[i]
            if byte == UInt8(ascii: "\\"), i + 1 < range.upperBound {
                switch cursor.bytes[i + 1] {
                case UInt8(ascii: "n"): (byte, i) = (0x0A, i + 1)
                case UInt8(ascii: "\\"): i += 1
                case UInt8(ascii: "\"") where !cursor.isText: (byte, i) = (0x22, i + 1)
                default: break
                }
            }
            text.append(byte)
            i += 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func readUnit() throws(ExpositionError) {
        let name = try descriptorName()
        let rest = restOfLine()
        try cursor.checkUTF8(rest)
        let unit = String(decoding: cursor.bytes[rest], as: UTF8.self)
        guard unit.isEmpty || name.hasSuffix("_" + unit) else {
            throw cursor.error(
                "a unit that '\(ExpositionError.printable(name.utf8))' ends in after '_'",
                at: rest.lowerBound)
        }
        families.update(name) { $0.unit = unit }
    }
}
