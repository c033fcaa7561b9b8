import TestSupport
import Testing
import TimeSeries

@testable import Querying

@Suite("Series in the order of their labels")
struct SeriesOrderTests {
    @Test(
        "as a plain sort has them, of equal labels the first first",
        arguments: [0, 1, 9_000, 30_000])
    func order(count: Int) {
        var generator = SplitMix64(seed: count)
        let series = (0..<count).map { number in
            Series(
                labels: ["a": "\(Int.random(in: 0..<20_000, using: &generator))"],
                timestamps: [Int64(number)], values: [0])
        }
        let expected = series.sorted {
            $0.labels != $1.labels ? $0.labels < $1.labels : $0.timestamps[0] < $1.timestamps[0]
        }
        #expect(series.sortedByLabels().map(\.timestamps) == expected.map(\.timestamps))
    }
}
