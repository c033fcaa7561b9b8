import TimeSeries

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads OpenMetrics text whose samples all bring their own time: an export, not a page.
///
/// The text comes in pieces of whole lines, so that a file of any size is read in bounded memory.
/// Series may stand in any order and as often as they like. A line that begins with the same bytes
/// as the one that followed the last one before is the same series, so that both usual orders,
/// by time and by series, cost one comparison and two numbers a line.
package struct TimedSampleReader {
    /// Columns of what was read since `removeSamples`; `series` are indexes into `labels`.
    package private(set) var series: [UInt32] = []
    package private(set) var milliseconds: [Int64] = []
    package private(set) var values: [Double] = []
    /// Every series that was met, in the order of its first line.
    package private(set) var labels: [LabelSet] = []
    /// Lines that were left out, and what was wrong with the first of them.
    package private(set) var badLineCount = 0
    package private(set) var firstBadLine: ExpositionError?

    /// Leaves faulty lines out instead of throwing.
    private let skipsBadLines: Bool
    private let limits: Target.Limits
    private var lineCount = 0
    private var hasEnded = false

    /// Text of the series up to the value, one behind the other.
    private var prefixes: [UInt8] = []
    private var prefixRanges: [Range<Int>] = []
    /// By the text before the value; several texts may be one series.
    private var known: [ArraySlice<UInt8>: Int] = [:]
    private var seriesIDs: [LabelSet: UInt32] = [:]
    private var idOfPrefix: [UInt32] = []
    /// The prefix that came after each prefix when that was last met.
    private var successors: [UInt32] = []
    private var last = 0

    /// Series of one file; more would not fit into memory.
    private static let seriesLimit = 20_000_000

    package init(skipsBadLines: Bool = false, limits: Target.Limits = .init()) {
        self.skipsBadLines = skipsBadLines
        self.limits = limits
    }

    package mutating func removeSamples() {
        series.removeAll(keepingCapacity: true)
        milliseconds.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    /// Reads lines.
    ///
    /// - Parameter lines: Ends with a line end, unless it is the end of the text.
    /// - Throws: At the first fault, with its line of the whole text, unless bad lines are skipped.
    /// - Complexity: O(bytes); allocates for new series only.
    package mutating func read(_ lines: UnsafeBufferPointer<UInt8>) throws(ExpositionError) {
        guard let bytes = lines.baseAddress else { return }
        var start = 0
        while start < lines.count {
            let found = memchr(bytes + start, 0x0A, lines.count - start)
            let end =
                found.map { UnsafeRawPointer(bytes).distance(to: UnsafeRawPointer($0)) }
                ?? lines.count
            lineCount += 1
            let (prefixCount, labelCount) = (prefixRanges.count, labels.count)
            do throws(ExpositionError) {
                try readLine(UnsafeBufferPointer(rebasing: lines[start..<end]))
            } catch {
                let located = ExpositionError(
                    line: lineCount, column: error.column, token: error.token,
                    expected: error.expected)
                guard skipsBadLines else { throw located }
                if prefixRanges.count > prefixCount { forgetLastPrefix() }
                if labels.count > labelCount { seriesIDs[labels.removeLast()] = nil }
                badLineCount += 1
                firstBadLine = firstBadLine ?? located
            }
            start = end + 1
        }
    }

    /// To be called behind the last piece.
    package func finish() throws(ExpositionError) {
        guard !hasEnded, !skipsBadLines else { return }
        throw ExpositionError(
            line: lineCount + 1, column: 1, token: "",
            expected: "'# EOF' at the end: the text is cut short")
    }

    private mutating func readLine(_ line: UnsafeBufferPointer<UInt8>) throws(ExpositionError) {
        if hasEnded { throw fault(line, 0, "nothing after # EOF") }
        if line.first == UInt8(ascii: "#") {
            var builder = builder(line)
            try builder.readComment()
            hasEnded = builder.hasEnded
            return
        }
        let prefix = try prefix(of: line)
        var i = prefixRanges[prefix].count
        guard let bytes = line.baseAddress,
            let value = DecimalNumber.parse(bytes, at: &i, end: line.count)
        else { throw fault(line, i, "a value") }
        let time = try time(behind: i, of: line)
        series.append(idOfPrefix[prefix])
        milliseconds.append(time)
        values.append(value.normalisedNaN)
        successors[last] = UInt32(prefix)
        last = prefix
    }

    private func time(behind i: Int, of line: UnsafeBufferPointer<UInt8>) throws(ExpositionError)
        -> Int64
    {
        if let time = plainTime(behind: i, of: line) { return time }
        var cursor = PageCursor(line, format: .openMetrics)
        cursor.i = i
        guard cursor.isAtLineEnd || cursor.isAt(" ") else { throw fault(line, i, "a value") }
        guard let time = try cursor.sampleTail() else {
            throw fault(line, line.count, "a timestamp in seconds")
        }
        return time
    }

    /// Seconds with at most three decimals and nothing behind them, which is how exports look.
    private func plainTime(behind start: Int, of line: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard start + 1 < line.count, line.count - start < 18, line[start] == 0x20 else {
            return nil
        }
        var number: Int64 = 0
        var decimals = -1
        for byte in line[(start + 1)...] {
            if byte &- 48 < 10 {
                number = number * 10 + Int64(byte &- 48)
                if decimals >= 0 { decimals += 1 }
            } else if byte == UInt8(ascii: "."), decimals < 0 {
                decimals = 0
            } else {
                return nil
            }
        }
        switch decimals {
        case -1: return number * 1000
        case 1: return number * 100
        case 2: return number * 10
        case 3: return number
        default: return nil
        }
    }

    // MARK: Series

    /// Index of the text that the line has before its value.
    private mutating func prefix(
        of line: UnsafeBufferPointer<UInt8>
    ) throws(ExpositionError) -> Int {
        if !prefixRanges.isEmpty {
            if begins(line, with: Int(successors[last])) { return Int(successors[last]) }
            if begins(line, with: last) { return last }
        }
        var builder = builder(line)
        try builder.readSeries()
        let text = line[..<builder.cursor.i]
        if let found = known[Array(text)[...]] { return found }
        return try add(text, builder.assembler.labelSet(), line)
    }

    private func begins(_ line: UnsafeBufferPointer<UInt8>, with prefix: Int) -> Bool {
        let range = prefixRanges[prefix]
        guard range.count < line.count, let bytes = line.baseAddress else { return false }
        return prefixes.withUnsafeBufferPointer { known in
            guard let known = known.baseAddress else { return false }
            return memcmp(bytes, known + range.lowerBound, range.count) == 0
        }
    }

    private mutating func add(
        _ text: Slice<UnsafeBufferPointer<UInt8>>, _ set: LabelSet,
        _ line: UnsafeBufferPointer<UInt8>
    ) throws(ExpositionError) -> Int {
        guard prefixRanges.count < Self.seriesLimit else {
            throw fault(line, 0, "at most \(Self.seriesLimit) series in a file")
        }
        let prefix = prefixRanges.count
        let start = prefixes.count
        prefixes.append(contentsOf: text)
        prefixRanges.append(start..<prefixes.count)
        known[Array(text)[...]] = prefix
        successors.append(UInt32(prefix))
        let id = seriesIDs[set] ?? UInt32(labels.count)
        if id == labels.count {
            seriesIDs[set] = id
            labels.append(set)
        }
        idOfPrefix.append(id)
        return prefix
    }

    /// For a new series whose only line is left out.
    private mutating func forgetLastPrefix() {
        guard let range = prefixRanges.popLast() else { return }
        known[prefixes[range]] = nil
        prefixes.removeSubrange(range)
        successors.removeLast()
        idOfPrefix.removeLast()
    }

    private func builder(_ line: UnsafeBufferPointer<UInt8>) -> PageBuilder {
        PageBuilder(
            line, format: .openMetrics, at: Timestamp(milliseconds: 0), limits: limits,
            assembler: LabelAssembler(targetLabels: LabelSet()), previous: nil)
    }

    private func fault(
        _ line: UnsafeBufferPointer<UInt8>, _ place: Int, _ expected: String
    ) -> ExpositionError {
        PageCursor(line, format: .openMetrics).error(expected, at: place)
    }
}
