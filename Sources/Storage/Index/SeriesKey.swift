import TimeSeries

/// The identity of a series inside the store: the identifiers of its labels, as varints in the
/// order of the names' bytes.
///
/// Each (name, value) pair has one identifier, so that equal label sets have equal keys and no
/// others do, at a tenth of the bytes of the text.
enum SeriesKey {
    static func encode(_ labels: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        for label in labels { Varint.append(UInt64(bitPattern: label), to: &bytes) }
        return bytes
    }

    static func decode(_ bytes: UnsafeRawBufferPointer) throws(Damage) -> [Int64] {
        var reader = ByteReader(bytes)
        var labels: [Int64] = []
        while reader.remainingCount > 0 { labels.append(Int64(bitPattern: try reader.varint())) }
        return labels
    }
}
