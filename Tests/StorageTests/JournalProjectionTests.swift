import Testing
import TestSupport
import TimeSeries

@testable import Storage

@Suite("Journal projections")
struct JournalProjectionTests {
    private static func row(count: Int, _ generator: inout SplitMix64) -> [Double] {
        (0..<count).map { _ in
            Bool.random(using: &generator)
                ? generator.nastyValue()
                : Double(Int64(bitPattern: generator.next() >> UInt64.random(in: 12...63)))
        }
    }

    @Test("any places of any row are as they were written", arguments: 0..<200)
    func places(seed: Int) throws {
        var generator = SplitMix64(seed: seed)
        let values = Self.row(count: Int.random(in: 1...150, using: &generator), &generator)
        let bytes = JournalRow.encode(values: values, timestamps: nil, at: 0)
        let density = Int.random(in: 1...20, using: &generator)
        let places = values.indices.filter { _ in
            Int.random(in: 0..<density, using: &generator) == 0
        }
        let projection = JournalProjection(count: values.count, places: places)
        var picked: [Double] = []
        try bytes.withUnsafeBytes { try projection.append($0, to: &picked) }
        #expect(picked.bitPatterns == places.map { values[$0] }.bitPatterns)
        // Only the bytes that are said to be needed.
        let range = try bytes.withUnsafeBytes { try projection.byteRange(in: $0) }
        let isNeeded = { range.contains($0) || $0 < projection.nibbleByteCount }
        let part = bytes.indices.prefix(range.upperBound).map { isNeeded($0) ? bytes[$0] : 0xFF }
        var again: [Double] = []
        try part.withUnsafeBytes { try projection.append($0, to: &again) }
        #expect(again.bitPatterns == picked.bitPatterns)
        if places.last == values.count - 1 { #expect(range.upperBound == bytes.count) }
        if places.first == 0 { #expect(range.lowerBound == projection.nibbleByteCount) }
    }

    @Test("a row that is cut before a place is damaged", arguments: 0..<50)
    func cut(seed: Int) throws {
        var generator = SplitMix64(seed: seed)
        let values = Self.row(count: 40, &generator) + [0.1]
        let bytes = JournalRow.encode(values: values, timestamps: nil, at: 0)
        let projection = JournalProjection(count: values.count, places: [40])
        for length in [0, 10, bytes.count - 8, bytes.count - 1] {
            #expect(throws: Damage.self) {
                var picked: [Double] = []
                try bytes.prefix(length).withUnsafeBytes {
                    try projection.append($0, to: &picked)
                }
            }
        }
    }

    @Test("an unknown code is damage wherever it is passed", arguments: 0..<40, 10..<16)
    func unknown(place: Int, code: UInt8) {
        var bytes = JournalRow.encode(
            values: [Double](repeating: 7, count: 40), timestamps: nil, at: 0)
        let shift = place % 2 == 0 ? 0 : 4
        bytes[place / 2] = bytes[place / 2] & (0xF0 >> UInt8(shift)) | code << UInt8(shift)
        let projection = JournalProjection(count: 40, places: [39])
        #expect(throws: Damage.self) {
            var picked: [Double] = []
            try bytes.withUnsafeBytes { try projection.append($0, to: &picked) }
        }
    }

    @Test("damaged rows throw or give values, and never crash", arguments: 0..<60)
    func damage(seed: Int) {
        var generator = SplitMix64(seed: seed)
        let values = Self.row(count: 90, &generator)
        let bytes = JournalRow.encode(values: values, timestamps: nil, at: 0)
        let projection = JournalProjection(count: 90, places: Array(0..<90))
        for _ in 0..<200 {
            var damaged = bytes
            for _ in 0..<3 {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] =
                    UInt8.random(in: 0...255, using: &generator)
            }
            damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator))
            var picked: [Double] = []
            let isRead = damaged.withUnsafeBytes { payload in
                (try? projection.append(payload, to: &picked)) != nil
            }
            #expect(!isRead || picked.count == 90)
        }
    }
}
