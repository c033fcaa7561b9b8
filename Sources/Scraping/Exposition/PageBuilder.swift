import TimeSeries

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads a page line by line and lays it out for the pages that follow.
///
/// A line that begins with the same bytes as one of the last page is the same series, so that
/// only new lines are taken apart.
struct PageBuilder {
    var cursor: PageCursor
    let at: Timestamp
    let limits: Target.Limits
    let previous: PageLayout?
    /// Its text, and the segment of it that is expected next.
    private let previousText: (bytes: [UInt8], segments: [PageSegment])
    private var previousIndex = 0

    var assembler: LabelAssembler
    var families = MetricFamilies()
    var warnings = PageWarnings()
    /// Names of metrics with samples so far, to tell a TYPE line that comes too late.
    var sampledNames: Set<String> = []
    var lastName: Range<Int> = 0..<0
    /// Families with a TYPE line so far.
    var hasType: Set<String> = []

    var segments: [PageSegment] = []
    var segmentStart = 0
    var labels: [LabelSet] = []
    var known: Set<LabelSet> = []
    var values: [Double] = []
    var timestamps: [Int64?] = []
    var hasTimestamps = false
    var hasUntimely = false
    var createdSeries: [LabelSet] = []
    var created: [Double] = []
    var duplicateCount = 0
    var hasEnded = false

    init(
        _ page: UnsafeBufferPointer<UInt8>, format: ExpositionFormat, at: Timestamp,
        limits: Target.Limits, assembler: LabelAssembler, previous: PageLayout?
    ) {
        cursor = PageCursor(page, format: format)
        self.at = at
        self.limits = limits
        self.assembler = assembler
        self.previous = previous
        previousText = previous?.text.unpacked() ?? ([], [])
        if let previous {
            segments.reserveCapacity(previousText.segments.count)
            labels.reserveCapacity(previous.table.labels.count)
            known.reserveCapacity(previous.table.labels.count)
            values.reserveCapacity(previous.table.labels.count)
        }
    }

    mutating func readPage() throws(ExpositionError) {
        try rejectForeignBeginning()
        while !cursor.isAtEnd {
            if cursor.isText { cursor.skipBlanks() }
            try readLine()
        }
        guard cursor.isText || hasEnded else {
            throw cursor.error("'# EOF' at the end: the page is cut short")
        }
    }

    private func rejectForeignBeginning() throws(ExpositionError) {
        if cursor.bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw ExpositionError(
                line: 1, column: 1, token: "EF BB BF",
                expected: "a page without a byte order mark (BOM)")
        }
        if cursor.isAt("<") { throw cursor.error("a metrics page, not HTML") }
    }

    private mutating func readLine() throws(ExpositionError) {
        if cursor.isText, cursor.isAtLineEnd {
            noteCarriageReturn()
            if !cursor.isAtEnd { cursor.i = cursor.lineEnd(from: cursor.i) + 1 }
            return
        }
        if cursor.isAt("#") { return try readComment() }
        if cursor.isAt("\n") { throw cursor.error("a sample: OpenMetrics has no blank lines") }
        try readSample()
        noteCarriageReturn()
        if !cursor.isAtEnd { cursor.i += 1 }
    }

    private mutating func noteCarriageReturn() {
        let before = cursor.i > 0 && cursor.i <= cursor.end && cursor.bytes[cursor.i - 1] == 0x0D
        if before || cursor.byte == 0x0D {
            warnings.add(.carriageReturn, "lines end in CR LF", line: nil)
        }
    }

    // MARK: Samples

    private mutating func readSample() throws(ExpositionError) {
        let lineStart = cursor.i
        let reused = reuse(lineStart)
        if reused == nil { try readSeries() }
        let valueStart = cursor.i
        let value = try cursor.number("a value")
        let time = try cursor.sampleTail()
        noteName(lineStart)
        let slot = try store(reused, value, time, lineStart)
        segments.append(
            PageSegment(
                start: UInt32(segmentStart), lineStart: UInt32(lineStart), end: UInt32(valueStart),
                slot: slot))
        segmentStart = cursor.i
    }

    /// The labels of a line that the last page had, with the cursor moved to its value.
    ///
    /// Looks a few lines ahead, so that lines which vanished do not matter.
    private mutating func reuse(_ lineStart: Int) -> LabelSet? {
        guard let previous, previous.format == cursor.format, !isCreated(lineStart) else {
            return nil
        }
        let last = min(previousIndex + 16, previousText.segments.count)
        for index in previousIndex..<max(last, previousIndex) {
            let segment = previousText.segments[index]
            guard segment.slot >= 0, matches(segment, at: lineStart) else { continue }
            previousIndex = index + 1
            cursor.i = lineStart + Int(segment.end - segment.lineStart)
            return previous.table.labels[Int(segment.slot)]
        }
        return nil
    }

    /// Whether the line's name ends in `_created`; what such a line means hangs on other lines.
    private func isCreated(_ lineStart: Int) -> Bool {
        var nameEnd = lineStart
        while nameEnd < cursor.end, !PageCursor.endsName(cursor.bytes[nameEnd]) { nameEnd += 1 }
        return cursor.bytes[lineStart..<nameEnd].suffix(8).elementsEqual("_created".utf8)
    }

    private func matches(_ segment: PageSegment, at start: Int) -> Bool {
        let length = Int(segment.end - segment.lineStart)
        guard start + length < cursor.end else { return false }
        let next = cursor.bytes[start + length]
        // More blanks or the labels' brace may follow what stood before the value.
        guard next != 0x20, next != 0x09, next != 0x7B else { return false }
        return previousText.bytes.withUnsafeBufferPointer { known in
            guard let known = known.baseAddress, let bytes = cursor.bytes.baseAddress else {
                return false
            }
            return memcmp(known + Int(segment.lineStart), bytes + start, length) == 0
        }
    }

    private mutating func store(
        _ reused: LabelSet?, _ value: Double, _ time: Int64?, _ lineStart: Int
    ) throws(ExpositionError) -> Int32 {
        if reused == nil, let base = createdBase {
            createdSeries.append(assembler.labelSet(metricName: base))
            created.append(value)
            return PageSegment.created(created.count - 1)
        }
        if let time, !PageLayout.isStorable(time, at: at) {
            warnings.add(
                .timestamp, "samples with a time before 1970 or in the future are left out",
                line: cursor.lineNumber(of: lineStart))
            hasUntimely = true
            return PageSegment.dropped
        }
        let series = reused ?? assembler.labelSet()
        guard known.insert(series).inserted else {
            duplicateCount += 1
            warnings.add(
                .duplicate, "a series stands on the page twice; the first one counts",
                line: cursor.lineNumber(of: lineStart))
            return PageSegment.dropped
        }
        guard values.count < limits.sampleCount else {
            throw cursor.error(
                "at most \(limits.sampleCount) samples (the target's sample limit)", at: lineStart,
                limit: .samples)
        }
        labels.append(series)
        values.append(value.normalisedNaN)
        timestamps.append(time)
        hasTimestamps = hasTimestamps || time != nil
        return Int32(values.count - 1)
    }

    /// The name without `_created` where the line tells when a series of the page began.
    private var createdBase: ArraySlice<UInt8>? {
        guard let name = assembler.metricName, name.count > 8,
            name.suffix(8).elementsEqual("_created".utf8)
        else { return nil }
        let base = name.dropLast(8)
        let text = String(decoding: base, as: UTF8.self)
        switch families[text]?.kind {
        case .counter, .histogram, .summary: return base
        default: return families[text + "_total"]?.kind == .counter ? base : nil
        }
    }

    /// Remembers the name of a line's metric, once for a run of lines.
    private mutating func noteName(_ lineStart: Int) {
        let bytes = cursor.bytes
        let length = lastName.count
        if lineStart + length < cursor.end, PageCursor.endsName(bytes[lineStart + length]),
            isEqual(lineStart, lastName)
        {
            return
        }
        var nameEnd = lineStart
        while nameEnd < cursor.end, !PageCursor.endsName(bytes[nameEnd]) { nameEnd += 1 }
        let name = lineStart..<nameEnd
        lastName = name
        let text = String(decoding: bytes[name], as: UTF8.self)
        sampledNames.insert(text)
        if !cursor.isText, families[text]?.kind == .counter {
            let shown = ExpositionError.printable(text.utf8)
            warnings.add(
                .suffix, "counter '\(shown)' without '_total'",
                line: cursor.lineNumber(of: lineStart))
        }
    }

    private func isEqual(_ start: Int, _ range: Range<Int>) -> Bool {
        guard let bytes = cursor.bytes.baseAddress, !range.isEmpty else { return false }
        return memcmp(bytes + start, bytes + range.lowerBound, range.count) == 0
    }

    // MARK: The result

    /// How the page that was read is laid out.
    func layout() -> PageLayout {
        var table = previous?.table
        if table?.labels.elementsEqual(labels) != true { table = nil }
        return PageLayout(
            format: cursor.format,
            text: PageText(cursor.bytes, segments, tailStart: segmentStart),
            table: table ?? SeriesTable(labels: labels),
            catalog: PageCatalog(
                families: families, createdSeries: createdSeries, sampleCount: segments.count,
                duplicateCount: duplicateCount, warnings: warnings.messages),
            isTimestamped: hasTimestamps ? timestamps.map { $0 != nil } : [],
            hasUntimely: hasUntimely)
    }

    func batch(_ table: SeriesTable) -> SampleBatch {
        SampleBatch(
            at: at, table: table, values: values,
            timestamps: hasTimestamps ? timestamps.map { $0 ?? at.milliseconds } : nil)
    }
}

/// What is odd about a page, each kind of oddity once.
struct PageWarnings {
    enum Kind: Hashable {
        case carriageReturn, timestamp, duplicate, secondType, lateType, foreignType, suffix
    }

    private var kinds: Set<Kind> = []
    private(set) var messages: [String] = []

    mutating func add(_ kind: Kind, _ message: String, line: Int?) {
        guard kinds.insert(kind).inserted else { return }
        messages.append(line.map { "line \($0): \(message)" } ?? message)
    }

    func has(_ kind: Kind) -> Bool { kinds.contains(kind) }
}
