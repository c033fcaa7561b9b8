// The entry of the fuzzer: the first byte chooses the format, the rest is a page.
//
// What must hold beside not crashing: a page that is read once is read again with the same result,
// a page read after another one means the same as read by itself, and the reader of timed samples
// takes no more lines than there are.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 0 else { return 0 }
    let format: ExpositionFormat = start[0] & 1 == 0 ? .text : .openMetrics
    let body = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    readPages(body, format)
    readTimedSamples(body)
    return 0
}

private let at = Timestamp(milliseconds: 1_763_700_000_000)
private let labels = LabelSet([(name: "service", value: "s"), (name: "instance", value: "i")])

private func readPages(_ body: [UInt8], _ format: ExpositionFormat) {
    let reader = PageReader(targetLabels: labels)
    guard let first = try? reader.read(body: body, format: format, at: at) else { return }
    guard let second = try? reader.read(body: body, format: format, at: at) else {
        fatalError("the second reading of the same page failed")
    }
    check(first, second)
    precondition(second.batch.table === first.batch.table, "a steady page has another table")
    // The page cut in two: the second half must not be read by the memory of the whole.
    let half = Array(body.prefix(body.count / 2))
    let alone = try? PageReader(targetLabels: labels).read(body: half, format: format, at: at)
    let after = try? reader.read(body: half, format: format, at: at)
    precondition((alone == nil) == (after == nil), "memory decides whether a page is read")
    if let alone, let after { check(alone, after) }
}

private func check(_ a: ParsedPage, _ b: ParsedPage) {
    precondition(
        a.batch.table.labels.elementsEqual(Array(b.batch.table.labels)), "other series")
    precondition(
        a.batch.values.map(\.bitPattern) == b.batch.values.map(\.bitPattern), "other values")
    precondition(a.batch.timestamps == b.batch.timestamps, "other times")
    precondition(Set(a.batch.table.labels).count == a.batch.values.count, "a series twice")
}

private func readTimedSamples(_ body: [UInt8]) {
    var reader = TimedSampleReader(skipsBadLines: true)
    body.withUnsafeBufferPointer { try? reader.read($0) }
    let lineCount = body.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
    precondition(reader.values.count + reader.badLineCount <= lineCount, "more samples than lines")
    precondition(reader.series.allSatisfy { $0 < reader.labels.count }, "a series without labels")
}
