import Foundation
import TimeSeries

/// Where counters stood when they were last read, by the fingerprint of their labels.
///
/// Coded as bytes, 24 a counter: fingerprint, bits of the value, milliseconds since the epoch, each
/// little-endian. There may be tens of thousands.
struct CounterTotals: Codable {
    private struct Total: Codable {
        var value: Double
        var seen: Timestamp
    }

    private static let byteCount = 24
    private var totals: [UInt64: Total] = [:]

    init() {}

    /// Where the counter stood; nil where nobody knows.
    func value(of labels: LabelSet) -> Double? { totals[labels.fingerprint]?.value }

    func know(_ labels: LabelSet) -> Bool { totals[labels.fingerprint] != nil }

    /// - Returns: Where the counter stood before; nil where nobody knows.
    mutating func note(_ labels: LabelSet, _ value: Double, at seen: Timestamp) -> Double? {
        totals.updateValue(Total(value: value, seen: seen), forKey: labels.fingerprint)?.value
    }

    mutating func forgetIdle(since oldest: Timestamp, keeping limit: Int = .max) {
        totals.forgetIdle(since: oldest, keeping: limit) { $0.seen }
    }

    /// - Throws: `DecodingError` for anything but such bytes, or the dictionary of older files.
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let older = try? container.decode([UInt64: Total].self) {
            totals = older
            return
        }
        let data = try container.decode(Data.self)
        guard data.count.isMultiple(of: Self.byteCount) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "counter totals end in the middle of one")
        }
        data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
            func word(_ offset: Int) -> UInt64 {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            }
            for start in stride(from: 0, to: bytes.count, by: Self.byteCount) {
                totals[word(start)] = Total(
                    value: Double(bitPattern: word(start + 8)),
                    seen: Timestamp(milliseconds: Int64(bitPattern: word(start + 16))))
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var data = Data(capacity: totals.count * Self.byteCount)
        for (fingerprint, total) in totals {
            for word in [
                fingerprint, total.value.bitPattern, UInt64(bitPattern: total.seen.milliseconds),
            ] {
                withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
            }
        }
        var container = encoder.singleValueContainer()
        try container.encode(data)
    }
}
