import TimeSeries

/// A page as it was when it was last read in full: fixed text with numbers between.
///
/// The next page is compared with it. As long as only numbers, timestamps and exemplars differ,
/// each line costs one comparison and one number, and no line is parsed again.
struct PageLayout {
    let format: ExpositionFormat
    let text: PageText
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
        guard let bytes = page.baseAddress else { return text.matches(page) { _, _ in false } }
        let end = page.count
        return text.matches(page) { i, part in
            guard let value = DecimalNumber.parse(bytes, at: &i, end: end) else { return false }
            let isPlain = i < end && bytes[i] == UInt8(ascii: "\n")
            if !isPlain || !isTimestamped.isEmpty {
                guard readTail(page, at, &i, part.slot, &timestamps) else { return false }
            }
            if part.slot >= 0 {
                values[Int(part.slot)] = value.normalisedNaN
            } else if let index = part.createdIndex {
                created[index] = value
            }
            return true
        }
    }

    /// Reads what follows a value up to the end of its line.
    ///
    /// - Returns: False where it is wrong or of another kind than before.
    private func readTail(
        _ page: UnsafeBufferPointer<UInt8>, _ at: Timestamp, _ i: inout Int, _ slot: Int32,
        _ timestamps: inout [Int64]?
    ) -> Bool {
        var cursor = PageCursor(page, format: format)
        cursor.i = i
        let time: Int64?
        do { time = try cursor.sampleTail() } catch { return false }
        i = cursor.i
        guard slot >= 0, !isTimestamped.isEmpty, isTimestamped[Int(slot)] else {
            return time == nil
        }
        guard let time, Self.isStorable(time, at: at) else { return false }
        timestamps?[Int(slot)] = time
        return true
    }

    /// Whether a page's own time can be believed: after 1970, at most ten minutes ahead.
    static func isStorable(_ milliseconds: Int64, at: Timestamp) -> Bool {
        milliseconds >= 0 && milliseconds <= (at + .seconds(600)).milliseconds
    }
}
