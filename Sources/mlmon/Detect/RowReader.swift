/// The rows of a file of RFC 4180, one at a time.
///
/// A value of its own beside `CSVReader`, so that a row takes one access to the class and not one
/// for each byte.
struct RowReader: ~Copyable {
    private static let maximumFieldCount = 4096

    let path: String
    /// Number of the line on which the row begins, from 1.
    var line = 0

    private var input: BlockInput
    private var nextLine = 1
    /// Where the row's fields are in the block, or in `decoded`, each followed by a byte that no
    /// number goes on with.
    private var fields: [Range<Int>] = []
    /// The fields of a row with quotes, without them.
    private var decoded: [UInt8] = []
    private var isDecoded = false

    init(path: String) throws {
        self.path = path == "-" ? "standard input" : path
        input = try BlockInput.open(path: path)
    }

    /// - Parameter descriptor: Is closed at the end.
    init(descriptor: Int32, name: String) throws {
        path = name
        input = try BlockInput.reading(descriptor, name: name, isOwned: true)
    }

    /// Share of the file that was read, in 0...1; 0 where its size is not known.
    var progress: Double { input.progress }

    var fieldCount: Int { fields.count }

    /// Lends the bytes of a field; none where the row is shorter.
    func withBytes<Result>(_ i: Int, _ body: (Span<UInt8>) throws -> Result) rethrows -> Result {
        let range = i < fields.count ? fields[i] : 0..<0
        return if isDecoded {
            try body(decoded.span.extracting(range))
        } else {
            try body(input.block.span.extracting(range))
        }
    }

    func failure(_ what: String, expected: String) -> CommandFailure {
        CommandFailure("\(path):\(line): \(CSVCell.withoutControls(what)), expected \(expected)")
    }

    /// Reads the next row that is not empty.
    ///
    /// - Returns: false at the end of the file.
    mutating func next() throws -> Bool {
        while true {
            fields.removeAll(keepingCapacity: true)
            isDecoded = false
            let lineBefore = line
            line = nextLine
            guard try readRow() else {
                line = lineBefore
                return false
            }
            if fields.count > 1 || !fields[0].isEmpty { return true }
        }
    }

    // MARK: Rows

    /// - Returns: false at the end of the file.
    private mutating func readRow() throws -> Bool {
        while true {
            switch scan() {
            case .row(let end):
                if fields.count > Self.maximumFieldCount { throw tooManyFields() }
                input.place = end
                nextLine += 1
                return true
            case .partial where input.isAtEnd && input.place == input.limit:
                return false
            case .partial:
                if fields.count > Self.maximumFieldCount { throw tooManyFields() }
                guard try input.refill() else { throw tooLong() }
            case .quoted:
                try readQuotedRow()
                return true
            }
            fields.removeAll(keepingCapacity: true)
        }
    }

    private mutating func scan() -> RowScan {
        // Out of the reader, so that they may change while the block is lent.
        var fields: [Range<Int>] = []
        swap(&fields, &self.fields)
        let scan = RowScan.scan(
            input.block.span, from: input.place, to: input.limit, isAtEnd: input.isAtEnd, &fields)
        swap(&fields, &self.fields)
        return scan
    }

    /// A row with quotes: byte by byte, without them.
    private mutating func readQuotedRow() throws {
        fields.removeAll(keepingCapacity: true)
        decoded.removeAll(keepingCapacity: true)
        isDecoded = true
        var start = 0
        while let byte = try input.next() {
            if byte == 0x22, decoded.count == start {
                try readQuoted()
            } else if byte == 0x2C {
                try endField(&start)
            } else if byte == 0x0A || byte == 0x0D {
                if byte == 0x0D, try input.peek() == 0x0A { _ = try input.next() }
                nextLine += 1
                break
            } else {
                try append(byte)
            }
        }
        try endField(&start)
    }

    private mutating func readQuoted() throws {
        while let byte = try input.next() {
            if byte == 0x22 {
                guard try input.peek() == 0x22 else {
                    if let after = try input.peek(), ![0x2C, 0x0A, 0x0D].contains(after) {
                        throw failure("a quoted field goes on after its quote", expected: "a comma")
                    }
                    return
                }
                _ = try input.next()
            } else if byte == 0x0A {
                nextLine += 1
            }
            try append(byte)
        }
        throw failure("a quoted field does not end", expected: "a closing quote")
    }

    private mutating func append(_ byte: UInt8) throws {
        decoded.append(byte)
        if decoded.count > BlockInput.maximumRowByteCount { throw tooLong() }
    }

    private mutating func endField(_ start: inout Int) throws {
        fields.append(start..<decoded.count)
        decoded.append(0)
        start = decoded.count
        if fields.count > Self.maximumFieldCount { throw tooManyFields() }
    }

    private func tooManyFields() -> CommandFailure {
        failure("too many fields", expected: "at most \(Self.maximumFieldCount)")
    }

    private func tooLong() -> CommandFailure {
        failure(
            "the row is too long", expected: "at most \(BlockInput.maximumRowByteCount) bytes")
    }
}

/// What lies between a place of a block and the end of the row there.
private enum RowScan {
    /// All of it; the next one begins there.
    case row(end: Int)
    /// The block ends before the row does.
    case partial
    /// The row has a field in quotes.
    case quoted

    /// Finds the fields of a row without quotes.
    ///
    /// - Parameter isAtEnd: The row may end with the block.
    /// - Complexity: O(bytes); allocates for more fields than any row had before.
    static func scan(
        _ bytes: Span<UInt8>, from place: Int, to limit: Int, isAtEnd: Bool,
        _ fields: inout [Range<Int>]
    ) -> RowScan {
        precondition(place >= 0 && limit <= bytes.count)
        var (i, start) = (place, place)
        while i < limit {
            let byte = bytes[unchecked: i]
            // Digits, letters, points and signs lie above the comma.
            if byte > 0x2C {
                i &+= 1
            } else if byte == 0x2C {
                fields.append(start..<i)
                i &+= 1
                start = i
            } else if byte == 0x0A || byte == 0x0D {
                if byte == 0x0D {
                    // A line feed that belongs to it may not have been read yet.
                    guard i + 1 < limit || isAtEnd else { return .partial }
                }
                fields.append(start..<i)
                let hasFeed = byte == 0x0D && i + 1 < limit && bytes[i + 1] == 0x0A
                return .row(end: i + (hasFeed ? 2 : 1))
            } else if byte == 0x22, i == start {
                return .quoted
            } else {
                i &+= 1
            }
        }
        guard isAtEnd, place < limit else { return .partial }
        fields.append(start..<limit)
        return .row(end: limit)
    }
}
