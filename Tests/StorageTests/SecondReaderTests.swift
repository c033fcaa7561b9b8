import Dispatch
import Querying
import Synchronization
import Testing
import TimeSeries

@testable import Storage

/// Selections over so many targets that a second connection takes part.
@Suite("Second reader")
struct SecondReaderTests {
    private static let targetCount = 40
    private static let rowCount: Int64 = 6

    /// Row i of target t at second i has the value 100 t + i.
    private static func fill(_ store: Store) throws {
        let tables = (0..<targetCount).map { target in
            SeriesTable(labels: [LabelSet(metricName: "m", ["target": "\(target)"])])
        }
        for second in 0..<rowCount {
            for (target, table) in tables.enumerated() {
                store.append([
                    SampleBatch(
                        at: .second(second), table: table,
                        values: [Double(100 * target) + Double(second)])
                ])
            }
            try store.commit()
        }
    }

    private static func expectWhole(_ series: [Series], from second: Int64 = 0) {
        #expect(series.count == targetCount)
        for series in series {
            let target = Int(series.labels["target"] ?? "") ?? -1
            let seconds = Array(second..<rowCount)
            #expect(series.timestamps == seconds.map { $0 * 1000 })
            #expect(series.values == seconds.map { Double(100 * target) + Double($0) })
        }
    }

    @Test("several queries at once each find everything")
    func atOnce() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try Self.fill(store)
        let answers = Mutex<[(second: Int64, series: [Series])]>([])
        DispatchQueue.concurrentPerform(iterations: 24) { index in
            let second = Int64(index) % Self.rowCount
            let series = try? store.series(
                matching: [LabelMatcher(name: "__name__", .equal, value: "m")],
                from: .second(second), through: .second(Self.rowCount + Int64(index)))
            answers.withLock { $0.append((second, series ?? [])) }
        }
        for (second, series) in answers.withLock({ $0 }) {
            Self.expectWhole(series, from: second)
        }
        try store.close()
    }

    /// So many that their labels are worth a thread, and their buckets two connections.
    @Test("many series of the blocks are found, known and unknown")
    func manyInBlocks() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let table = SeriesTable(
            labels: (0..<2500).map { LabelSet(metricName: "m", ["series": "\($0)"]) })
        for second in 0..<Self.rowCount {
            let values = (0..<2500).map { Double(10 * $0) + Double(second) }
            store.append([SampleBatch(at: .second(second), table: table, values: values)])
            try store.commit()
        }
        try store.compactFully(now: .second(86_400))
        try store.close()

        let reader = try fixture.open()
        _ = try reader.prepareReading()
        let matchers = [try LabelMatcher(name: "__name__", .equal, value: "m")]
        for _ in 0..<2 {
            let found = try reader.series(matching: matchers, from: .second(1), through: .second(3))
            #expect(found.count == 2500)
            for series in found {
                let number = Double(series.labels["series"] ?? "") ?? -1
                #expect(series.values == [1, 2, 3].map { 10 * number + $0 })
            }
        }
        try reader.close()
    }

    @Test("a query that needs no order is given none")
    func unordered() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let labels = ["c", "a", "b"].map { LabelSet(metricName: "m", ["target": $0]) }
        store.append([
            SampleBatch(
                at: .second(1), table: SeriesTable(labels: labels), values: [1, 2, 3])
        ])
        try store.commit()
        func found(in source: some SeriesSource) throws -> [LabelSet] {
            try source.unorderedSeries(matching: [], from: .second(1), through: .second(1))
                .map(\.labels)
        }
        #expect(try found(in: store) == labels)
        #expect(try found(in: store.withoutMemory) == labels)
        try store.close()
    }

    @Test("rows that are folded while a query reads are not lost")
    func folded() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try Self.fill(store)
        let columns = try store.read("reading") { db in
            let reader = try store.sampleReader(db)
            let wanted = try MatcherResolution(db: db).series(matching: [])
            let done = DispatchSemaphore(value: 0)
            DispatchQueue.global().async {
                try? store.compactFully(now: .second(86_400))
                done.signal()
            }
            done.wait()
            return try reader.columns(of: wanted, from: .min, through: .max)
        }
        #expect(try store.statistics().journalRowCount == 0)
        #expect(columns.count == Self.targetCount)
        for (target, column) in columns.enumerated() {
            #expect(column.values == (0..<6).map { Double(100 * target + $0) })
        }
        Self.expectWhole(try store.all("m"))
        try store.close()
    }
}
