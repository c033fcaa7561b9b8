/// A place on a page, and the small things that are read there.
struct PageCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    let format: ExpositionFormat
    var i = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, format: ExpositionFormat) {
        self.bytes = bytes
        self.format = format
    }

    var end: Int { bytes.count }
    var isAtEnd: Bool { i >= bytes.count }
    var isText: Bool { format == .text }

    /// The byte here; 0 at the end.
    var byte: UInt8 { i < bytes.count ? bytes[i] : 0 }

    func isAt(_ character: Unicode.Scalar) -> Bool {
        i < bytes.count && bytes[i] == UInt8(ascii: character)
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard isAt(character) else { return false }
        i += 1
        return true
    }

    /// Spaces and tabs.
    mutating func skipBlanks() {
        while i < bytes.count, bytes[i] == 0x20 || bytes[i] == 0x09 { i += 1 }
    }

    /// What stands between two tokens: any blanks in text format, one space in OpenMetrics.
    mutating func skipSeparator(before expected: String) throws(ExpositionError) {
        if isText {
            guard byte == 0x20 || byte == 0x09 else { throw error("a space before \(expected)") }
            return skipBlanks()
        }
        guard skip(" ") else { throw error("one space before \(expected)") }
    }

    /// Where a line end is, the carriage return before it included; text format only allows that.
    var isAtLineEnd: Bool {
        if isAtEnd || bytes[i] == 0x0A { return true }
        return isText && bytes[i] == 0x0D && (i + 1 == end || bytes[i + 1] == 0x0A)
    }

    func lineEnd(from start: Int) -> Int {
        var j = start
        while j < end, bytes[j] != 0x0A { j += 1 }
        return j
    }

    static func isNameStart(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte >= 0x41
            || byte == UInt8(ascii: "_")
    }

    /// A space, a tab or a line end.
    static func endsToken(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A }

    static func endsName(_ byte: UInt8) -> Bool { endsToken(byte) || byte == UInt8(ascii: "{") }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    /// A name of letters, digits and underscores, and of colons where it is a metric's.
    ///
    /// - Returns: Its bounds, empty when none begins here.
    mutating func bareName(allowingColon: Bool) -> Range<Int> {
        let start = i
        let colon = UInt8(ascii: ":")
        while i < end {
            let byte = bytes[i]
            guard
                Self.isNameStart(byte) || allowingColon && byte == colon
                    || i > start && Self.isDigit(byte)
            else { break }
            i += 1
        }
        return start..<i
    }

    mutating func number(_ expected: String) throws(ExpositionError) -> Double {
        let start = i
        guard let base = bytes.baseAddress,
            let value = DecimalNumber.parse(base, at: &i, end: end)
        else { throw error(expected) }
        guard isAtLineEnd || byte == 0x20 || isText && byte == 0x09 else {
            i = start
            throw error(expected)
        }
        return value
    }

    // MARK: After the value

    /// The optional timestamp and exemplar, up to the line end, which is not passed.
    ///
    /// - Returns: Milliseconds.
    mutating func sampleTail() throws(ExpositionError) -> Int64? {
        isText ? try textTail() : try openMetricsTail()
    }

    private mutating func textTail() throws(ExpositionError) -> Int64? {
        skipBlanks()
        var time: Int64?
        if !isAtLineEnd, !isAt("#") {
            time = try integerTimestamp()
            skipBlanks()
        }
        if isAt("#") {
            throw error("the end of the line (exemplars need the OpenMetrics content type)")
        }
        guard isAtLineEnd else { throw error("the end of the line") }
        if byte == 0x0D { i += 1 }
        return time
    }

    private mutating func integerTimestamp() throws(ExpositionError) -> Int64 {
        let start = i
        while !isAtLineEnd, byte != 0x20, byte != 0x09 { i += 1 }
        let text = String(decoding: bytes[start..<i], as: UTF8.self)
        guard let time = Int64(text) else {
            i = start
            throw error("a timestamp; 0.0.4 timestamps are integer milliseconds")
        }
        return time
    }

    private mutating func openMetricsTail() throws(ExpositionError) -> Int64? {
        var time: Int64?
        if isAt(" "), i + 1 < end, bytes[i + 1] != UInt8(ascii: "#") {
            i += 1
            time = try secondsTimestamp()
        }
        if isAt(" ") { try exemplar() }
        guard isAtLineEnd else { throw error("the end of the line") }
        return time
    }

    private mutating func secondsTimestamp() throws(ExpositionError) -> Int64 {
        let start = i
        let seconds = try number("a timestamp in seconds")
        guard let time = Int64(exactly: (seconds * 1000).rounded()) else {
            i = start
            throw error("a timestamp in seconds")
        }
        return time
    }

    /// Checks an exemplar; it is not kept.
    private mutating func exemplar() throws(ExpositionError) {
        guard skip(" "), skip("#"), skip(" "), skip("{") else {
            throw error("an exemplar, ' # {', or the end of the line")
        }
        var names: [String] = []
        while !skip("}") {
            if !names.isEmpty {
                guard skip(",") else { throw error("',' or '}' in the exemplar") }
            }
            let start = i
            let name =
                isAt("\"")
                ? try quoted()
                : String(decoding: bytes[bareName(allowingColon: false)], as: UTF8.self)
            guard !name.isEmpty else { throw error("a label name in the exemplar") }
            guard !names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
                i = start
                throw error("each label of the exemplar once")
            }
            names.append(name)
            guard skip("=") else { throw error("'=' in the exemplar") }
            _ = try quoted()
        }
        try skipSeparator(before: "the exemplar's value")
        _ = try number("the exemplar's value")
        if isAt(" ") {
            i += 1
            _ = try secondsTimestamp()
        }
    }

    private mutating func quoted() throws(ExpositionError) -> String {
        var text: [UInt8] = []
        try quoted { text.append($0) }
        return String(decoding: text, as: UTF8.self)
    }

    /// A string in double quotes with its escapes undone, a byte at a time; checked as UTF-8.
    ///
    /// `\\`, `\"` and `\n` are escapes; a backslash before anything else stands for itself.
    mutating func quoted(_ emit: (UInt8) -> Void) throws(ExpositionError) {
        let start = i
        guard skip("\"") else { throw error("a double quote") }
        var isASCII = true
        while true {
            guard i < end else { throw error("a closing double quote", at: start) }
            let byte = bytes[i]
            i += 1
            switch byte {
            case UInt8(ascii: "\""):
                if !isASCII { try checkUTF8(start + 1..<i - 1) }
                return
            case UInt8(ascii: "\\"): emitEscape(emit)
            case 0x0A where !isText: throw error("a closing double quote", at: start)
            default:
                isASCII = isASCII && byte < 0x80
                emit(byte)
            }
        }
    }

    private mutating func emitEscape(_ emit: (UInt8) -> Void) {
        switch byte {
        case UInt8(ascii: "n"): emit(0x0A)
        case UInt8(ascii: "\\"): emit(UInt8(ascii: "\\"))
        case UInt8(ascii: "\""): emit(UInt8(ascii: "\""))
        default: return emit(UInt8(ascii: "\\"))
        }
        i += 1
    }

    func checkUTF8(_ range: Range<Int>) throws(ExpositionError) {
        guard String(validating: bytes[range], as: UTF8.self) == nil else { return }
        throw error("UTF-8", at: range.lowerBound)
    }

    // MARK: Errors

    func error(
        _ expected: String, at place: Int? = nil, limit: Target.Limits.Kind? = nil
    ) -> ExpositionError {
        let place = min(place ?? i, end)
        let lineStart = (bytes[..<place].lastIndex(of: 0x0A) ?? -1) + 1
        var tokenEnd = place
        while tokenEnd < end, tokenEnd - place < 200, !Self.endsToken(bytes[tokenEnd]) {
            tokenEnd += 1
        }
        return ExpositionError(
            line: lineNumber(of: place), column: place - lineStart + 1,
            token: ExpositionError.printable(bytes[place..<tokenEnd]), expected: expected,
            limit: limit)
    }

    func lineNumber(of place: Int) -> Int {
        bytes[..<place].reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
    }
}
