import Testing
import TimeSeries

@testable import Scraping

@Suite("OpenMetrics")
struct OpenMetricsTests {
    static let accepted: [(String, [String: Double])] = [
        ("# EOF\n", [:]),
        ("# EOF", [:]),
        ("# TYPE foo counter\nfoo_total 17\n# EOF\n", ["foo_total": 17]),
        ("# TYPE foo counter\nfoo 17\n# EOF\n", ["foo": 17]),
        ("a{} 1\n# EOF\n", ["a": 1]),
        ("a{x=\"1\",y=\"\\n\\\"\\\\\\d\"} 1\n# EOF\n", ["a{x=\"1\",y=\"\\n\\\"\\\\\\\\d\"}": 1]),
        (
            "# TYPE foo_seconds gauge\n# UNIT foo_seconds seconds\n# HELP foo_seconds Time.\nfoo_seconds 1\n# EOF\n",
            ["foo_seconds": 1]
        ),
        ("a_total 1 # {} 0.5\n# EOF\n", ["a_total": 1]),
        (
            "a_bucket{le=\"1\"} 1 # {trace_id=\"x\",span=\"y\"} 0.67 1520879607.789\n# EOF\n",
            ["a_bucket{le=\"1.0\"}": 1]
        ),
        ("a 1 1520879607.789\n# EOF\n", ["a": 1]),
        (
            "# TYPE a info\na_info{v=\"1\"} 1\n# TYPE b stateset\nb{b=\"on\"} 1\n# TYPE c unknown\nc 1\n"
                + "# TYPE d gaugehistogram\nd_bucket{le=\"+Inf\"} 3\nd_gcount 3\n# EOF\n",
            [
                "a_info{v=\"1\"}": 1, "b{b=\"on\"}": 1, "c": 1, "d_bucket{le=\"+Inf\"}": 3,
                "d_gcount": 3,
            ]
        ),
        ("{\"my.metric\",\"a.b\"=\"c\"} 1\n# EOF\n", ["my.metric{a.b=\"c\"}": 1]),
        ("# TYPE \"my.metric\" gauge\n{\"my.metric\"} 1\n# EOF\n", ["my.metric": 1]),
    ]

    @Test("is read", arguments: accepted)
    func accepts(page: String, samples: [String: Double]) throws {
        #expect(try Page.samples(page, .openMetrics) == samples, "\(page.debugDescription)")
    }

    static let refused: [(String, Int, Int, String)] = [
        ("a 1\n", 2, 1, "# EOF"),
        ("", 1, 1, "# EOF"),
        ("a 1", 1, 4, "# EOF"),
        ("# EOF\na 1\n", 2, 1, "nothing after # EOF"),
        ("# EOF\n\n", 2, 1, "nothing after # EOF"),
        ("# EOFX\n", 1, 1, "# TYPE, # HELP, # UNIT or # EOF"),
        ("a  1\n# EOF\n", 1, 3, "a value"),
        ("a\t1\n# EOF\n", 1, 2, "'{' or a value"),
        ("a{x=\"1\"}  1\n# EOF\n", 1, 10, "a value"),
        ("a{x=\"1\"}1\n# EOF\n", 1, 9, "one space before the value"),
        ("a 1 \n# EOF\n", 1, 5, "a timestamp"),
        ("\na 1\n# EOF\n", 1, 1, "no blank lines"),
        ("# hello\n# EOF\n", 1, 1, "# TYPE"),
        ("#TYPE a counter\n# EOF\n", 1, 1, "# TYPE"),
        ("a{x=\"1\", y=\"2\"} 1\n# EOF\n", 1, 9, "a label name"),
        ("a{x=\"\n\"} 1\n# EOF\n", 1, 5, "a closing double quote"),
        ("# TYPE a untyped\n# EOF\n", 1, 10, "an OpenMetrics type"),
        ("# TYPE a  counter\n# EOF\n", 1, 10, "an OpenMetrics type"),
        ("a 1\r\n# EOF\n", 1, 3, "a value"),
        ("# UNIT foo_seconds bytes\n# EOF\n", 1, 20, "a unit that 'foo_seconds' ends in"),
        ("# UNIT seconds seconds\n# EOF\n", 1, 16, "a unit that 'seconds' ends in"),
        ("a_total 1 # {x=\"1\",x=\"2\"} 1\n# EOF\n", 1, 20, "each label of the exemplar once"),
        ("a_total 1 # {x=\"1\"}\n# EOF\n", 1, 20, "the exemplar's value"),
        ("a_total 1 # x\n# EOF\n", 1, 13, "an exemplar"),
        ("a 1 NaN\n# EOF\n", 1, 5, "a timestamp in seconds"),
    ]

    @Test("is refused where it breaks a rule", arguments: refused)
    func refuses(page: String, line: Int, column: Int, expected: String) throws {
        let error = try #require(
            Page.error(page, .openMetrics), "\(page.debugDescription) was accepted")
        #expect(error.line == line && error.column == column, "\(page.debugDescription): \(error)")
        #expect(error.expected.contains(expected), "\(page.debugDescription): \(error)")
    }

    @Test("reads timestamps in seconds, text format in milliseconds")
    func timestamps() throws {
        let seconds = try Page.read("a 1 1520879607.789\nb 2\n# EOF\n", .openMetrics)
        #expect(seconds.batch.timestamps == [1_520_879_607_789, Page.noon.milliseconds])
        let milliseconds = try Page.read("a 1 1520879607789\n")
        #expect(milliseconds.batch.timestamps == [1_520_879_607_789])
        #expect(try Page.read("a 1\n").batch.timestamps == nil)
    }

    @Test("warns of a counter without its suffix")
    func suffix() throws {
        let page = try Page.read("# TYPE foo counter\nfoo 17\n# EOF\n", .openMetrics)
        #expect(page.warnings == ["line 2: counter 'foo' without '_total'"])
    }

    @Test("keeps _created as evidence of resets, not as series")
    func created() throws {
        let page = try Page.read(
            "# TYPE a counter\na_total{x=\"1\"} 5\na_created{x=\"1\"} 1520430000.123\n# EOF\n",
            .openMetrics)
        #expect(page.samples == ["a_total{x=\"1\"}": 5])
        #expect(page.created == [1_520_430_000.123])
    }

    @Test("finds the family of a metric by its suffix")
    func families() throws {
        let page = try Page.read(
            "# TYPE a counter\n# TYPE h histogram\n# TYPE h_count gauge\n# EOF\n", .openMetrics)
        #expect(page.families.family(ofMetric: "a_total")?.kind == .counter)
        #expect(page.families.family(ofMetric: "h_bucket")?.kind == .histogram)
        #expect(page.families.family(ofMetric: "h_count")?.kind == .gauge)
        #expect(page.families.family(ofMetric: "a_bucket") == nil)
    }
}
