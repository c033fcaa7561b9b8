import Foundation
import TimeSeries

/// Where counters stood when they were last read, by the fingerprint of their labels.
///
/// There may be tens of thousands.
struct CounterTotals {
    private struct Total: Codable {
        var value: Double
        var seen: Timestamp
    }

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
}

extension CounterTotals: Codable {
    /// A column for each part of the counters, all in one order.
    private enum CodingKeys: String, CodingKey {
        /// 8 bytes each, little-endian.
        case fingerprints
        case values
        /// When any was last seen, and how many milliseconds before that each was.
        case latest
        case ages
    }

    /// - Throws: `DecodingError` for anything but such columns, or what older files have.
    init(from decoder: any Decoder) throws {
        guard let container = try? decoder.container(keyedBy: CodingKeys.self) else {
            self = try CounterTotals(older: decoder)
            return
        }
        let words = try Self.words(try container.decode(Data.self, forKey: .fingerprints))
        let values = try container.decode([Double].self, forKey: .values)
        let latest = try container.decode(Timestamp.self, forKey: .latest)
        let ages = try container.decode([Double].self, forKey: .ages)
        guard values.count == words.count, ages.count == words.count else {
            throw DecodingError.dataCorruptedError(
                forKey: .values, in: container,
                debugDescription: "\(values.count) values of \(words.count) counters")
        }
        for (i, fingerprint) in words.enumerated() {
            let seen = latest - .seconds(max(ages[i], 0) / 1000)
            totals[fingerprint] = Total(value: values[i], seen: seen)
        }
    }

    /// 24 bytes a counter: fingerprint, bits of the value, milliseconds since the epoch, each
    /// little-endian; or a dictionary.
    private init(older decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let older = try? container.decode([UInt64: Total].self) {
            totals = older
            return
        }
        let words = try Self.words(try container.decode(Data.self))
        guard words.count.isMultiple(of: 3) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "counter totals end in the middle of one")
        }
        for i in stride(from: 0, to: words.count, by: 3) {
            totals[words[i]] = Total(
                value: Double(bitPattern: words[i + 1]),
                seen: Timestamp(milliseconds: Int64(bitPattern: words[i + 2])))
        }
    }

    private static func words(_ data: Data) throws -> [UInt64] {
        guard data.count.isMultiple(of: 8) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "\(data.count) bytes of numbers of 8"))
        }
        return data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
            stride(from: 0, to: bytes.count, by: 8).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        let latest = totals.values.map(\.seen).max() ?? Timestamp(milliseconds: 0)
        var fingerprints = Data(capacity: totals.count * 8)
        var values: [Double] = []
        var ages: [Double] = []
        for (fingerprint, total) in totals {
            withUnsafeBytes(of: fingerprint.littleEndian) { fingerprints.append(contentsOf: $0) }
            values.append(total.value)
            ages.append(Double(latest.milliseconds - total.seen.milliseconds))
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(fingerprints, forKey: .fingerprints)
        try container.encode(values, forKey: .values)
        try container.encode(latest, forKey: .latest)
        try container.encode(ages, forKey: .ages)
    }
}
