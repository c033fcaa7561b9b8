import Synchronization
import TimeSeries

/// Reads the pages of one target, and remembers the last one.
///
/// The last page is the cache: a line that begins with the same bytes at the same place is the
/// same series, so that a steady page costs one comparison and one number a line, and brings the
/// same `SeriesTable` each time. A page with a fault is refused as a whole.
package final class PageReader: Sendable {
    private let memory: Mutex<PageMemory>

    /// - Parameter targetLabels: Put on every series; a scraped label of the same name is renamed
    ///   `exported_<name>`.
    package init(targetLabels: LabelSet) {
        memory = Mutex(PageMemory(assembler: LabelAssembler(targetLabels: targetLabels)))
    }

    /// Reads one page.
    ///
    /// - Parameters:
    ///   - body: Decompressed.
    ///   - at: Time of all samples that bring none of their own.
    ///   - admit: Asked about the series of a page that is not as the last one; where it throws,
    ///     the page is refused.
    /// - Throws: At the first fault, or when a limit is passed; what was remembered stays, and the
    ///   caller gets the stale markers from `missed(at:)`.
    /// - Complexity: O(body). A steady page allocates only its column of values.
    package func read(
        body: [UInt8], format: ExpositionFormat, at: Timestamp, limits: Target.Limits = .init(),
        admit: (SeriesTable) throws(ExpositionError) -> Void = { _ throws(ExpositionError) in }
    ) throws(ExpositionError) -> ParsedPage {
        guard body.count <= min(limits.bodyByteCount, Int(UInt32.max)) else {
            throw ExpositionError(
                line: 1, column: 1, token: "\(body.count) bytes",
                expected: "at most \(limits.bodyByteCount) bytes (the target's body limit)",
                limit: .bodySize)
        }
        return try memory.withLock { memory throws(ExpositionError) in
            try memory.read(body, format, at, limits, admit)
        }
    }

    /// Stale markers for the series of the last good page, when a scrape failed; nil when there
    /// are none or they were given before.
    package func missed(at: Timestamp) -> SampleBatch? {
        memory.withLock { memory in
            guard memory.isLive, let layout = memory.layout else { return nil }
            memory.isLive = false
            return layout.stale(at: at)
        }
    }
}

/// What a reader remembers from page to page.
private struct PageMemory {
    var assembler: LabelAssembler
    var layout: PageLayout?
    /// Whether the last scrape was good, so that its series are without stale markers.
    var isLive = false

    mutating func read(
        _ body: [UInt8], _ format: ExpositionFormat, _ at: Timestamp, _ limits: Target.Limits,
        _ admit: (SeriesTable) throws(ExpositionError) -> Void
    ) throws(ExpositionError) -> ParsedPage {
        if let layout, layout.format == format, layout.table.labels.count <= limits.sampleCount,
            let page = body.withUnsafeBufferPointer({ layout.readSteady($0, at: at) })
        {
            defer { isLive = true }
            return isLive ? page : page.adding(page.batch.values.count)
        }
        return try readInFull(body, format, at, limits, admit)
    }

    private mutating func readInFull(
        _ body: [UInt8], _ format: ExpositionFormat, _ at: Timestamp, _ limits: Target.Limits,
        _ admit: (SeriesTable) throws(ExpositionError) -> Void
    ) throws(ExpositionError) -> ParsedPage {
        let before = isLive ? layout : nil
        let (next, page) = try body.withUnsafeBufferPointer { bytes throws(ExpositionError) in
            var builder = PageBuilder(
                bytes, format: format, at: at, limits: limits, assembler: assembler,
                previous: layout)
            try builder.readPage()
            let next = builder.layout()
            let page = ParsedPage(
                batch: builder.batch(next.table),
                vanished: before?.stale(at: at, except: builder.known), catalog: next.catalog,
                created: builder.created, addedCount: next.newCount(after: before))
            return (next, page)
        }
        try admit(next.table)
        layout = next
        isLive = true
        return page
    }
}

extension ParsedPage {
    fileprivate func adding(_ count: Int) -> ParsedPage {
        ParsedPage(batch: batch, catalog: catalog, created: created, addedCount: count)
    }
}

extension PageLayout {
    /// Number of series that the page before had not.
    fileprivate func newCount(after before: PageLayout?) -> Int {
        guard let before else { return table.labels.count }
        if before.table === table { return 0 }
        let known = Set(before.table.labels)
        return table.labels.reduce(0) { $0 + (known.contains($1) ? 0 : 1) }
    }

    /// Stale markers, except for series whose page gave them a time of their own.
    fileprivate func stale(at: Timestamp, except present: Set<LabelSet> = []) -> SampleBatch? {
        if present.isEmpty, isTimestamped.isEmpty {
            guard !table.labels.isEmpty else { return nil }
            let values = [Double](repeating: .staleMarker, count: table.labels.count)
            return SampleBatch(at: at, table: table, values: values)
        }
        let gone = table.labels.indices.filter {
            (isTimestamped.isEmpty || !isTimestamped[$0]) && !present.contains(table.labels[$0])
        }
        guard !gone.isEmpty else { return nil }
        return SampleBatch(at: at, gone.map { (table.labels[$0], Double.staleMarker) })
    }
}
