import Querying
import Testing
import TimeSeries

@testable import Storage

/// The examples of docs/storage-format.md, byte by byte.
@Suite struct StorageFormatTests {
    @Test("journal rows look as documented")
    func journalRow() {
        let values: [Double] = [0, 1, -300, 0.5, .staleMarkerForTests]
        let plain = JournalRow.encode(values: values, timestamps: nil, at: 1_000)
        #expect(plain.hex == "108209025702000000000000e03f")
        let timed = JournalRow.encode(values: [7], timestamps: [990], at: 1_000)
        #expect(timed.hex == "010e13")
    }

    @Test("buckets of series, layouts and postings look as documented")
    func identifiers() throws {
        let entries: [SeriesBucket.Entry] = [
            .init(slot: 0, labels: [1, 200, 3]), .init(slot: 1, labels: [1, 201, 3]),
            .init(slot: 5, labels: [9]),
        ]
        let bytes = SeriesBucket.encode(entries)
        #expect(bytes.hex == "23000000" + "000302900306" + "110102" + "000110" + "71424559")
        #expect(try bytes.withUnsafeBytes { try SeriesBucket.entries($0) } == entries)
        #expect(Layout.encode([64, 65, 66, 10]).hex == "8001000071")
        #expect(PostingSpan.encode([8192, 8193, 8194, 8300], span: 1).hex == "00036901")
    }

    @Test(
        "integer columns look as documented",
        arguments: [
            ([7], "000e"),
            ([1_000, 2_000, 3_000, 4_000, 5_000], "00d00fd00f00"),
            ([10, 11, 11, 14, 14, 15], "001400829800"),
            ([5, 3, 90, -20], "000adb0108b66200"),
        ] as [([Int64], String)])
    func integers(values: [Int64], hex: String) throws {
        var bytes: [UInt8] = []
        IntegerColumn.encode(values, to: &bytes)
        #expect(bytes.hex == hex)
        let decoded = try [UInt8](hex: hex).withUnsafeBytes {
            try IntegerColumn.decode($0, count: values.count)
        }
        #expect(decoded == values)
    }

    @Test(
        "value columns look as documented",
        arguments: [
            ([3, 3, 3], "5006"),
            ([0.75, 0.75], "529601"),
            ([1.0 / 3], "00555555555555d53f"),
            ([1, 2, 4], "100002020101"),
            ([0.25, 0.5, 0.75], "1200323200"),
            ([1, 2, .staleMarkerForTests], "200102020000000000f07f0002008100"),
            ([1.0 / 3, 1.0 / 3, 1.0 / 3, 0.1 + 0.2], "30555555555555d53fdcc861666666666606"),
        ] as [([Double], String)])
    func values(values: [Double], hex: String) throws {
        var bytes: [UInt8] = []
        ValueColumn.encode(values, to: &bytes)
        #expect(bytes.hex == hex)
        let decoded = try [UInt8](hex: hex).withUnsafeBytes {
            try ValueColumn.decode($0, count: values.count)
        }
        #expect(decoded.bitPatterns == values.bitPatterns)
    }

    @Test("a column of bit patterns is read as documented")
    func bitPatterns() throws {
        // 1.0 and the two Doubles after it.
        let bytes = [UInt8](hex: "40 00 80 80 80 80 80 80 80 f0 7f 02 00")
        let decoded = try bytes.withUnsafeBytes { try ValueColumn.decode($0, count: 3) }
        #expect(decoded == [1, 1.0.nextUp, 1.0.nextUp.nextUp])
    }

    @Test("a block looks as documented")
    func block() throws {
        let bytes = Block.encode([
            Block.Part(slot: 0, timestamps: [1_000, 3_000], values: [1, 2]),
            Block.Part(slot: 5, timestamps: [1_000, 3_000], values: [9, 9]),
        ])
        #expect(
            bytes.hex == "0101020600d00fa01f0002000005050002100002020050129fa11363")
    }

    @Test("roll-ups look as documented")
    func rollups() throws {
        let grid = RollupPayload.Grid(period: 0, resolution: 300_000)
        var rollup = Rollup()
        rollup.ends = [300_000, 600_000, 900_000]
        rollup[.count] = [20, 20, 20]
        rollup[.last] = [100, 120, 145]
        rollup[.increase] = [20, 20, 25]
        rollup[.gap] = [0, 0, 0]
        let bytes = RollupPayload.encode([(slot: 0, rollup: rollup)], grid)
        #expect(
            bytes.hex
                == "0201030600030028000001000000" + "0c05071000c801280314025028fe3e75c5")
        let read = try bytes.withUnsafeBytes { bytes in
            try RollupPayloadReader(bytes, grid).rollup(slot: 0, RollupStatistic.allCases)
        }
        #expect(read == rollup)
    }
}
