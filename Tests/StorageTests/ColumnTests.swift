import TestSupport
import Testing
import TimeSeries

@testable import Storage

@Suite struct ColumnTests {
    @Test("integers of every size survive the column", arguments: 0..<200)
    func integers(seed: Int) throws {
        var generator = SplitMix64(seed: seed)
        let width = UInt64.random(in: 0...64, using: &generator)
        var total: Int64 = 0
        let isCounter = Bool.random(using: &generator)
        let values = (0..<Int.random(in: 1...400, using: &generator)).map { _ -> Int64 in
            let step = Int64(bitPattern: width == 0 ? 0 : generator.next() >> (64 - width))
            total = isCounter ? total &+ step : step
            return Int.random(in: 0..<60, using: &generator) == 0 ? .min : total
        }
        var bytes: [UInt8] = []
        IntegerColumn.encode(values, to: &bytes)
        let decoded = try bytes.withUnsafeBytes {
            try IntegerColumn.decode($0, count: values.count)
        }
        #expect(decoded == values, "width \(width)")
    }

    @Test("values of every kind survive bit for bit", arguments: 0..<400)
    func values(seed: Int) throws {
        var generator = SplitMix64(seed: seed)
        let values = generator.values(count: Int.random(in: 1...300, using: &generator))
        var bytes: [UInt8] = []
        ValueColumn.encode(values, to: &bytes)
        let decoded = try bytes.withUnsafeBytes {
            try ValueColumn.decode($0, count: values.count)
        }
        #expect(decoded.bitPatterns == values.bitPatterns)
    }

    @Test("a column of one nasty value, or two, survives")
    func shortColumns() throws {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<500 {
            let values = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                generator.nastyValue()
            }
            var bytes: [UInt8] = []
            ValueColumn.encode(values, to: &bytes)
            let decoded = try bytes.withUnsafeBytes {
                try ValueColumn.decode($0, count: values.count)
            }
            #expect(decoded.bitPatterns == values.bitPatterns, "\(values)")
        }
    }

    @Test("a steady counter costs a few bits a sample, an ending one little more")
    func size() {
        var generator = SplitMix64(seed: 1)
        var total = 0.0
        var values = (0..<480).map { _ -> Double in
            total += Double(Int.random(in: 0..<16, using: &generator))
            return total
        }
        var bytes: [UInt8] = []
        ValueColumn.encode(values, to: &bytes)
        #expect(bytes.count < 480 * 5 / 8)
        values[479] = .staleMarkerForTests
        var ending: [UInt8] = []
        ValueColumn.encode(values, to: &ending)
        #expect(ending.count < bytes.count + 24)
    }

    @Test("damaged columns throw or give values, and never crash", arguments: 0..<60)
    func damage(seed: Int) {
        var generator = SplitMix64(seed: seed)
        let values = generator.values(count: 130)
        var bytes: [UInt8] = []
        ValueColumn.encode(values, to: &bytes)
        for _ in 0..<200 {
            var damaged = bytes
            for _ in 0..<3 {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] =
                    UInt8.random(in: 0...255, using: &generator)
            }
            damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator))
            let decoded = damaged.withUnsafeBytes {
                try? ValueColumn.decode($0, count: values.count)
            }
            #expect(decoded == nil || decoded?.count == values.count)
        }
    }

    @Test("journal rows survive", arguments: 0..<100)
    func journalRows(seed: Int) throws {
        var generator = SplitMix64(seed: seed)
        let count = Int.random(in: 1...100, using: &generator)
        let values = (0..<count).map { _ in
            Bool.random(using: &generator)
                ? generator.nastyValue() : Double(Int64(bitPattern: generator.next() >> 20))
        }
        let timestamps = seed % 2 == 0 ? nil : generator.timestamps(count: count)
        let bytes = JournalRow.encode(values: values, timestamps: timestamps, at: 1_000)
        try bytes.withUnsafeBytes { payload in
            var decoded: [Double] = []
            var times: [Int64] = []
            try JournalRow.decode(
                payload, count: count, hasTimestamps: timestamps != nil, at: 1_000,
                values: &decoded, timestamps: &times)
            #expect(decoded.bitPatterns == values.bitPatterns)
            #expect(times == timestamps ?? [])
        }
    }

    @Test("blocks survive, with shared and different timestamps", arguments: 0..<60)
    func blocks(seed: Int) throws {
        var generator = SplitMix64(seed: seed)
        let shared = generator.timestamps(count: Int.random(in: 1...200, using: &generator))
        let slots = (0..<32).filter { _ in Bool.random(using: &generator) }
        let parts = slots.map { slot in
            let timestamps =
                Int.random(in: 0..<4, using: &generator) == 0
                ? generator.timestamps(count: Int.random(in: 1...50, using: &generator)) : shared
            return Block.Part(
                slot: slot, timestamps: timestamps,
                values: generator.values(count: timestamps.count))
        }
        let bytes = Block.encode(parts)
        try bytes.withUnsafeBytes { payload in
            var reader = try BlockReader(payload)
            #expect(reader.slots == slots)
            for part in parts.reversed() {
                let decoded = try #require(try reader.part(slot: part.slot))
                #expect(decoded.timestamps == part.timestamps)
                #expect(decoded.values.bitPatterns == part.values.bitPatterns)
            }
        }
    }

    @Test("a block with any byte changed is refused")
    func damagedBlock() {
        let part = Block.Part(slot: 3, timestamps: [10, 20, 35], values: [1, 2.5, .nan])
        let bytes = Block.encode([part])
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x10
            #expect(throws: Damage.self, "byte \(index)") {
                try damaged.withUnsafeBytes { _ = try BlockReader($0) }
            }
        }
    }

    @Test("postings and layouts survive", arguments: 0..<50)
    func postings(seed: Int) throws {
        var generator = SplitMix64(seed: seed)
        let members = (8192..<16_384 as Range<UInt32>).filter { _ in
            Int.random(in: 0...seed, using: &generator) == 0
        }
        let bytes = PostingSpan.encode(members, span: 1)
        var decoded: [UInt32] = []
        try bytes.withUnsafeBytes { try PostingSpan.decode($0, span: 1, into: &decoded) }
        #expect(decoded == members)
        let series = members.shuffled(using: &generator)
        let layout = Layout.encode(series)
        #expect(try layout.withUnsafeBytes { try Layout.decode($0) } == series)
    }
}
