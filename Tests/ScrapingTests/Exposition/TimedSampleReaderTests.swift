import Testing
import TimeSeries

@testable import Scraping

@Suite struct TimedSampleReaderTests {
    private func read(
        _ text: String, skipsBadLines: Bool = false
    ) throws(ExpositionError) -> TimedSampleReader {
        var reader = TimedSampleReader(skipsBadLines: skipsBadLines)
        let bytes = Array(text.utf8)
        try bytes.withUnsafeBufferPointer { lines throws(ExpositionError) in
            try reader.read(lines)
        }
        try reader.finish()
        return reader
    }

    @Test("series may stand in any order, with times of any age")
    func orders() throws {
        let reader = try read(
            """
            # TYPE a counter
            a_total{x="1"} 1 0.001
            a_total{x="2"} 2 0.001
            a_total{x="1"} 3 -5
            a_total{x="1"} 4 1763700000.25
            b NaN 1e9
            a_total{x="2"} 5 1763700000.250 # {trace="t"} 1
            # EOF

            """)
        #expect(
            reader.labels == [
                LabelSet(metricName: "a_total", ["x": "1"]),
                LabelSet(metricName: "a_total", ["x": "2"]), LabelSet(metricName: "b"),
            ])
        #expect(reader.series == [0, 1, 0, 0, 2, 1])
        #expect(
            reader.milliseconds
                == [1, 1, -5000, 1_763_700_000_250, 1_000_000_000_000, 1_763_700_000_250])
        #expect(reader.values.filter { !$0.isNaN } == [1, 2, 3, 4, 5])
    }

    @Test("two ways to write one series are one series")
    func sameSeries() throws {
        let reader = try read("a{x=\"1\",y=\"2\"} 1 1\na{y=\"2\",x=\"1\"} 2 2\n# EOF\n")
        #expect(reader.labels.count == 1 && reader.series == [0, 0])
    }

    @Test(
        "a bad line is refused with its number",
        arguments: [
            ("a 1 1\na 1\n# EOF\n", 2), ("a x 1\n# EOF\n", 1), ("a 1 1\n\nb 1 1\n# EOF\n", 2),
            ("a 1 1\n# EOF\na 1 2\n", 3), ("a 1 1\n", 2), ("a{x=\"1} 1 1\n# EOF\n", 1),
            ("a 1 1 1\n# EOF\n", 1), ("a 1 1x\n# EOF\n", 1), ("a 1x 1\n# EOF\n", 1),
        ])
    func badLines(text: String, line: Int) {
        do throws(ExpositionError) {
            _ = try read(text)
            Issue.record("'\(text)' was read")
        } catch {
            #expect(error.line == line, "\(text): \(error)")
        }
    }

    @Test("bad lines are left out and counted when asked for")
    func skipping() throws {
        let reader = try read("a 1 1\nnonsense\na 2 2\na 3\n", skipsBadLines: true)
        #expect(reader.values == [1, 2] && reader.badLineCount == 2)
        #expect(reader.firstBadLine?.line == 2)
    }

    @Test("a series whose lines are all left out is none")
    func skippedSeries() throws {
        let reader = try read("a 1 1\nb x 1\nb 1\nc 1 1\nb y 1\na 2 2\n", skipsBadLines: true)
        #expect(reader.labels.map(\.metricName) == ["a", "c"])
        #expect(reader.series == [0, 1, 0] && reader.badLineCount == 3)
    }
}
