import TimeSeries

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The text between two numbers of a page, and what the number behind it is.
///
/// It begins at the line end of the sample before and ends where the next value begins, so that
/// comments, names and labels are compared in one go.
struct PageSegment {
    /// Offsets into the layout's body.
    var start: UInt32
    var lineStart: UInt32
    var end: UInt32
    /// An index into the table, or one of the two below.
    var slot: Int32

    /// The number belongs to no stored series.
    static let dropped: Int32 = -1

    /// The number is the creation time of that index.
    static func created(_ index: Int) -> Int32 { -2 - Int32(index) }

    var createdIndex: Int? { slot <= -2 ? Int(-2 - slot) : nil }
}

/// A page as it was when it was last read in full: fixed text with numbers between.
///
/// The next page is compared with it. As long as only numbers, timestamps and exemplars differ,
/// each line costs one comparison and one number, and no line is parsed again.
struct PageLayout {
    let format: ExpositionFormat
    let body: [UInt8]
    let segments: [PageSegment]
    /// Offset of the text behind the last sample.
    let tailStart: Int
    let table: SeriesTable
    let catalog: PageCatalog
    /// Whether a series came with a time of its own, by index; empty when none did.
    let isTimestamped: [Bool]
    /// A sample was left out for its time, which the next page may give another or none.
    let hasUntimely: Bool

    /// Reads a page that differs from this one in its numbers only.
    ///
    /// - Returns: nil where it differs in anything else, faults included; the caller then reads
    ///   it in full.
    /// - Complexity: O(body); allocates the columns of the result only.
    func readSteady(_ page: UnsafeBufferPointer<UInt8>, at: Timestamp) -> ParsedPage? {
        if hasUntimely { return nil }
        var timestamps =
            isTimestamped.isEmpty
            ? nil : [Int64](repeating: at.milliseconds, count: table.labels.count)
        var created = [Double](repeating: 0, count: catalog.createdSeries.count)
        var isSteady = false
        let values = [Double](unsafeUninitializedCapacity: table.labels.count) { values, count in
            isSteady = readNumbers(page, at: at, into: values, &timestamps, &created)
            if isSteady { count = table.labels.count }
        }
        guard isSteady else { return nil }
        return ParsedPage(
            batch: SampleBatch(at: at, table: table, values: values, timestamps: timestamps),
            catalog: catalog, created: created)
    }

    private func readNumbers(
        _ page: UnsafeBufferPointer<UInt8>, at: Timestamp,
        into values: UnsafeMutableBufferPointer<Double>, _ timestamps: inout [Int64]?,
        _ created: inout [Double]
    ) -> Bool {
        guard let bytes = page.baseAddress else { return body.isEmpty }
        let end = page.count
        return body.withUnsafeBufferPointer { known in
            segments.withUnsafeBufferPointer { segments in
                guard let known = known.baseAddress else { return false }
                var i = 0
                for segment in segments {
                    let length = Int(segment.end) - Int(segment.start)
                    guard length <= end - i,
                        memcmp(bytes + i, known + Int(segment.start), length) == 0
                    else { return false }
                    i += length
                    guard let value = DecimalNumber.parse(bytes, at: &i, end: end) else {
                        return false
                    }
                    let isPlain = i < end && bytes[i] == UInt8(ascii: "\n")
                    if !isPlain || !isTimestamped.isEmpty {
                        guard readTail(page, at, &i, segment, &timestamps) else { return false }
                    }
                    if segment.slot >= 0 {
                        values[Int(segment.slot)] = value.normalisedNaN
                    } else if let index = segment.createdIndex {
                        created[index] = value
                    }
                }
                let rest = body.count - tailStart
                return rest == end - i && memcmp(bytes + i, known + tailStart, rest) == 0
            }
        }
    }

    /// Reads what follows a value up to the end of its line.
    ///
    /// - Returns: False where it is wrong or of another kind than before.
    private func readTail(
        _ page: UnsafeBufferPointer<UInt8>, _ at: Timestamp, _ i: inout Int, _ segment: PageSegment,
        _ timestamps: inout [Int64]?
    ) -> Bool {
        var cursor = PageCursor(page, format: format)
        cursor.i = i
        let time: Int64?
        do { time = try cursor.sampleTail() } catch { return false }
        i = cursor.i
        guard segment.slot >= 0, !isTimestamped.isEmpty, isTimestamped[Int(segment.slot)] else {
            return time == nil
        }
        guard let time, Self.isStorable(time, at: at) else { return false }
        timestamps?[Int(segment.slot)] = time
        return true
    }

    /// Whether a page's own time can be believed: after 1970, at most ten minutes ahead.
    static func isStorable(_ milliseconds: Int64, at: Timestamp) -> Bool {
        milliseconds >= 0 && milliseconds <= (at + .seconds(600)).milliseconds
    }
}
