// The entry of the fuzzer for what is read from the file: the first byte chooses the decoder, the
// rest is a blob of the store, whose checksum is put right so that what lies behind it is reached.
//
// What must hold beside not crashing, hanging or taking much memory: what is decoded is encoded and
// decoded to the same bits.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    let blob = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    switch start[0] % 6 {
    case 0: readBlock(checked(blob))
    case 1: readRollups(checked(blob))
    case 2: readJournalRow(blob)
    case 3: readValues(blob)
    case 4: readBucket(checked(blob))
    default:
        var members: [UInt32] = []
        blob.withUnsafeBytes { _ = try? PostingSpan.decode($0, span: 1, into: &members) }
    }
    return 0
}

private func checked(_ blob: [UInt8]) -> [UInt8] {
    let checksum = blob.withUnsafeBytes { Checksum.folded($0) }
    return blob + withUnsafeBytes(of: checksum.littleEndian) { Array($0) }
}

private func readBucket(_ bytes: [UInt8]) {
    guard let first = bytes.withUnsafeBytes({ try? SeriesBucket.entries($0) }), !first.isEmpty
    else { return }
    let again = SeriesBucket.encode(first).withUnsafeBytes { try? SeriesBucket.entries($0) }
    precondition(first == again, "other series")
}

private func parts(_ payload: [UInt8]) -> [Block.Part]? {
    payload.withUnsafeBytes { try? decodedBlock($0) }
}

private func decodedBlock(_ payload: UnsafeRawBufferPointer) throws(Damage) -> [Block.Part] {
    var reader = try BlockReader(payload)
    guard reader.sampleCount < 100_000 else { throw Damage("large") }
    var parts: [Block.Part] = []
    for slot in reader.slots {
        if let part = try reader.part(slot: slot) { parts.append(part) }
    }
    return parts
}

private func readBlock(_ payload: [UInt8]) {
    guard let first = parts(payload), !first.isEmpty,
        zip(first, first.dropFirst()).allSatisfy({ $0.slot < $1.slot })
    else { return }
    guard let again = parts(Block.encode(first)), first.count == again.count else {
        fatalError("a block does not come back")
    }
    for (a, b) in zip(first, again) {
        precondition(a.slot == b.slot && a.timestamps == b.timestamps, "other places")
        precondition(a.values.map(\.bitPattern) == b.values.map(\.bitPattern), "other values")
    }
}

private let grid = RollupPayload.Grid(period: 1_767_225_600_000, resolution: 300_000)

private func rollups(_ payload: [UInt8]) -> [(slot: Int, rollup: Rollup)]? {
    payload.withUnsafeBytes { try? decodedRollups($0) }
}

private func decodedRollups(
    _ payload: UnsafeRawBufferPointer
) throws(Damage) -> [(slot: Int, rollup: Rollup)] {
    let reader = try RollupPayloadReader(payload, grid)
    var parts: [(slot: Int, rollup: Rollup)] = []
    for slot in reader.slots {
        guard let rollup = try reader.rollup(slot: slot, RollupStatistic.allCases) else { continue }
        if !rollup.ends.isEmpty { parts.append((slot, rollup)) }
    }
    return parts
}

private func readRollups(_ payload: [UInt8]) {
    // Counts beyond 2^53 are none that anything writes.
    guard let first = rollups(payload), !first.isEmpty,
        first.allSatisfy({ $0.rollup[.count].allSatisfy { $0.magnitude < 0x1p53 } })
    else { return }
    guard let again = rollups(RollupPayload.encode(first, grid)) else {
        fatalError("roll-ups do not come back")
    }
    precondition(first.map(\.slot) == again.map(\.slot), "other slots")
    for (a, b) in zip(first, again) {
        precondition(a.rollup.ends == b.rollup.ends, "other windows")
        for statistic in [RollupStatistic.count, .last, .minimum, .maximum] {
            precondition(
                a.rollup[statistic].map(\.bitPattern) == b.rollup[statistic].map(\.bitPattern),
                "other values of \(statistic)")
        }
    }
}

private func readJournalRow(_ payload: [UInt8]) {
    for count in [1, 2, 7, 64] {
        for hasTimestamps in [false, true] {
            var values: [Double] = []
            var timestamps: [Int64] = []
            payload.withUnsafeBytes {
                _ = try? JournalRow.decode(
                    $0, count: count, hasTimestamps: hasTimestamps, at: 1, values: &values,
                    timestamps: &timestamps)
            }
        }
    }
}

private func readValues(_ bytes: [UInt8]) {
    for count in [1, 3, 65, 500] {
        guard let values = decoded(bytes, count) else { continue }
        var again: [UInt8] = []
        ValueColumn.encode(values, to: &again)
        guard let other = decoded(again, count) else { fatalError("a column does not come back") }
        precondition(values.map(\.bitPattern) == other.map(\.bitPattern), "other values")
    }
}

private func decoded(_ bytes: [UInt8], _ count: Int) -> [Double]? {
    bytes.withUnsafeBytes { try? ValueColumn.decode($0, count: count) }
}
