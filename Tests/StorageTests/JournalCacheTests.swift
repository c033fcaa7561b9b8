import Querying
import Testing
import TimeSeries

@testable import Storage

@Suite("Journal cache")
struct JournalCacheTests {
    /// Rows 1...count with the values 10, 20…
    private static func read(rows count: Int64, width: Int = 1) throws -> JournalRead {
        let projection = JournalProjection(count: width, places: Array(0..<width))
        var read = JournalRead(projection, from: 0, through: .max, after: 0)
        for id in 1...count {
            let values = [Double](repeating: Double(id * 10), count: width)
            let bytes = JournalRow.encode(values: values, timestamps: nil, at: id)
            try bytes.withUnsafeBytes { try read.append(id, at: id, $0) }
        }
        read.finish(through: count)
        return read
    }

    @Test("a read is given out once, until it is put back")
    func taking() throws {
        let cache = JournalCache()
        let key = JournalCache.Key(layout: 1, places: [0])
        cache.keep([(key, try Self.read(rows: 3))])
        #expect(cache.take(JournalCache.Key(layout: 1, places: [1])) == nil)
        #expect(cache.take(key)?.lastID == 3)
        #expect(cache.take(key) == nil)
    }

    @Test("the longest unused make room, and what is too large is not kept")
    func room() throws {
        let cache = JournalCache()
        let large = try Self.read(rows: 100, width: 8_000)
        for layout in 0..<4 {
            cache.keep([(JournalCache.Key(layout: Int64(layout), places: [0]), large)])
        }
        let kept = (0..<4).filter {
            cache.take(JournalCache.Key(layout: Int64($0), places: [0])) != nil
        }
        #expect(kept.last == 3)
        #expect(!kept.contains(0))
        let two = (4..<6).map { (key: JournalCache.Key(layout: $0, places: [0]), read: large) }
        cache.keep(two)
        #expect(cache.take(two[0].key) == nil)
    }

    @Test("folded rows do not count, and are dropped once they are most")
    func folded() throws {
        var read = try Self.read(rows: 4)
        #expect(read.columns(at: [0], from: 2, through: 9, after: 2).map(\.values) == [[30, 40]])
        #expect(read.columns(at: [0], from: 0, through: 1, after: 0).map(\.values) == [[10]])
        read.forget(through: 2)
        #expect(read.covers(from: 0, through: 9, after: 0))
        read.forget(through: 3)
        #expect(!read.covers(from: 0, through: 9, after: 2))
        #expect(read.covers(from: 0, through: 9, after: 3))
        #expect(read.columns(at: [0], from: 0, through: 9, after: 3).map(\.values) == [[40]])
    }

    @Test("columns are those of the places that are asked for")
    func places() throws {
        let projection = JournalProjection(count: 5, places: [0, 2, 3, 4])
        var read = JournalRead(projection, from: 0, through: .max, after: 0)
        for id: Int64 in 1...2 {
            let values = (0..<5).map { Double(id * 10) + Double($0) }
            let bytes = JournalRow.encode(values: values, timestamps: nil, at: id)
            try bytes.withUnsafeBytes { try read.append(id, at: id, $0) }
        }
        let columns = read.columns(at: [2, 4], from: 0, through: 9, after: 0)
        #expect(columns.map(\.values) == [[12, 22], [14, 24]])
    }

    @Test("who has asked for two selectors of a metric reads no row for the third")
    func metric() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let table = SeriesTable(
            labels: (0..<8).map { LabelSet(metricName: "m", ["k": "\($0)"]) }
                + [LabelSet(metricName: "other")])
        for second: Int64 in 0..<6 {
            let values = (0..<9).map { Double(100 * $0) + Double(second) }
            store.append([SampleBatch(at: .second(second), table: table, values: values)])
        }
        try store.commit()
        func asked(_ value: String) throws -> [Double] {
            try store.series(
                matching: [
                    LabelMatcher(name: "__name__", .equal, value: "m"),
                    LabelMatcher(name: "k", .equal, value: value),
                ], from: .second(1), through: .second(4)
            ).flatMap(\.values)
        }
        #expect(try asked("2") == [201, 202, 203, 204])
        #expect(try asked("5") == [501, 502, 503, 504])
        let before = store.readChunkCount
        #expect(try asked("7") == [701, 702, 703, 704])
        #expect(try asked("none") == [])
        #expect(store.readChunkCount == before)
        // What came since is read, of the metric alone.
        let at = Timestamp.second(4) + .milliseconds(-500)
        store.append([SampleBatch(at: at, table: table, values: (0..<9).map(Double.init))])
        try store.commit()
        #expect(try asked("3") == [301, 302, 303, 3, 304])
        #expect(store.readChunkCount == before + 1)
        try store.close()
    }
}
