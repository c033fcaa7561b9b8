import Testing
import TimeSeries

@testable import Scraping

@Suite("text format")
struct TextFormatTests {
    static let accepted: [(String, [String: Double])] = [
        ("a 1", ["a": 1]),
        ("", [:]),
        ("\n\n", [:]),
        ("a 1\r\nb 2\r\n", ["a": 1, "b": 2]),
        ("# TYPE  a   counter  \na 1\n", ["a": 1]),
        ("   a 1\n", ["a": 1]),
        ("\ta\t1\t\n", ["a": 1]),
        ("a{ x = \"1\" , y=\"2\" , } 1\n", ["a{x=\"1\",y=\"2\"}": 1]),
        ("a{x=\"1\"}1\n", ["a{x=\"1\"}": 1]),
        ("a{} 5\n", ["a": 5]),
        ("a -5 -3982045\nb 1\n", ["b": 1]),
        ("a 1 1700000000000\n", ["a": 1]),
        ("a 1\na 2\n", ["a": 1]),
        ("a{x=\"\\d\\\\\\n\\\"\"} 1\n", ["a{x=\"\\\\d\\\\\\n\\\"\"}": 1]),
        ("#comment\n# EOF\n# some words\n#\na 1\n", ["a": 1]),
        ("a{x=\"\u{0}\"} 1\n", ["a{x=\"\\u{0}\"}": 1]),
        ("a{x=\"\n\"} 1\n", ["a{x=\"\\n\"}": 1]),
        ("{\"my.metric\"} 1\n", ["my.metric": 1]),
        (
            "{\"my.metric\",\"http.route\"=\"/a\",b=\"c\"} 1\n",
            ["my.metric{b=\"c\",http.route=\"/a\"}": 1]
        ),
        ("a{\"l.x\"=\"1\"} 1\n", ["a{l.x=\"1\"}": 1]),
        ("a{x=\"\"} 1\n", ["a": 1]),
        (":tensorflow:serving:request_count{} 7\n", [":tensorflow:serving:request_count": 7]),
        (
            "vllm:x{Level=\"Host\",Hostname=\"vm\",} 1\n",
            ["vllm:x{Hostname=\"vm\",Level=\"Host\"}": 1]
        ),
        ("# HELP a\n# HELP a text\n# HELP a text\n# TYPE a gauge\n# TYPE a gauge\na 1\n", ["a": 1]),
        ("x 1.0463768576e+010", ["x": 10_463_768_576]),
        (
            "h_bucket{le=\"5\"} 1\nh_bucket{le=\"1e+01\"} 2\nh_bucket{le=\"inf\"} 3\n",
            ["h_bucket{le=\"5.0\"}": 1, "h_bucket{le=\"10.0\"}": 2, "h_bucket{le=\"+Inf\"}": 3]
        ),
        ("s{quantile=\".50\",x=\"y\"} 1\n", ["s{quantile=\"0.5\",x=\"y\"}": 1]),
    ]

    @Test("is read as Prometheus reads it, or more kindly", arguments: accepted)
    func accepts(page: String, samples: [String: Double]) throws {
        #expect(try Page.samples(page) == samples, "\(page.debugDescription)")
    }

    static let refused: [(String, Int, Int, String, String)] = [
        ("a 1 1.5\n", 1, 5, "1.5", "0.0.4 timestamps are integer milliseconds"),
        ("a{x=\"1\",x=\"2\"} 1\n", 1, 9, "x=\"2\"}", "each label once"),
        ("ok 1\na 0x10\n", 2, 3, "0x10", "a value"),
        ("a 0x1p4\n", 1, 3, "0x1p4", "a value"),
        ("a 1_000\n", 1, 3, "1_000", "a value"),
        ("a 1e999\n", 1, 3, "1e999", "a value"),
        ("a 1 # {trace_id=\"x\"} 1\n", 1, 5, "#", "exemplars need the OpenMetrics content type"),
        ("a 1\n\u{0}b 2\n", 2, 1, "\u{FFFD}b", "a metric name"),
        ("a\n", 1, 2, "", "'{' or a value"),
        ("a \n", 1, 3, "", "a value"),
        ("a{x=\"1\" 1\n", 1, 9, "1", "',' or '}'"),
        ("a{x=\"1} 1\n", 1, 5, "\"1}", "a closing double quote"),
        ("a{x=1} 1\n", 1, 5, "1}", "a double quote"),
        ("a{1=\"1\"} 1\n", 1, 3, "1=\"1\"}", "a label name"),
        ("{x=\"1\"} 1\n", 1, 1, "{x=\"1\"}", "a metric name in the braces"),
        ("a{\"b\"} 1\n", 1, 6, "}", "the metric name is already set"),
        ("{\"a\",\"b\"} 1\n", 1, 9, "}", "the metric name is already set"),
        ("a{__name__=\"b\"} 1\n", 1, 3, "__name__=\"b\"}", "each label once"),
        ("a-b 1\n", 1, 2, "-b", "'{' or a value"),
        ("a 1 2 3\n", 1, 7, "3", "the end of the line"),
        ("# TYPE a blob\n", 1, 10, "blob", "counter, gauge, histogram, summary or untyped"),
        ("# TYPE a\n", 1, 9, "", "counter, gauge, histogram, summary or untyped"),
        ("# TYPE 1a counter\n", 1, 8, "1a", "a metric name"),
        ("<html><body>login</body></html>", 1, 1, "<html><body>login</body></html>", "not HTML"),
        ("{\"status\":\"ok\"}", 1, 10, ":\"ok\"}", "',' or '}'"),
        ("a\u{1B}[31m 1\n", 1, 2, "\u{FFFD}[31m", "'{' or a value"),
    ]

    @Test("is refused with the place and what was expected", arguments: refused)
    func refuses(page: String, line: Int, column: Int, token: String, expected: String) throws {
        let error = try #require(Page.error(page), "\(page.debugDescription) was accepted")
        #expect(error.line == line && error.column == column, "\(page.debugDescription): \(error)")
        #expect(error.token == token, "\(page.debugDescription): \(error)")
        #expect(error.expected.contains(expected), "\(page.debugDescription): \(error)")
    }

    @Test("names the byte order mark")
    func byteOrderMark() throws {
        let error = try #require(Page.error("\u{FEFF}a 1\n"))
        #expect(error.description.contains("BOM"))
    }

    @Test("refuses text that is not UTF-8, in a value, a name and a help text")
    func invalidUTF8() throws {
        for page in ["a{x=\"\u{1}\"} 1\n", "{\"a\u{1}\"} 1\n", "# HELP a \u{1}\n"] {
            let body = page.utf8.map { $0 == 1 ? 0xFF : $0 }
            let reader = PageReader(targetLabels: [:])
            #expect(throws: ExpositionError.self, "\(page)") {
                try reader.read(body: body, format: .text, at: Page.noon)
            }
        }
    }

    static let numbers: [(String, Double)] = [
        ("Inf", .infinity), ("infinity", .infinity), ("+Inf", .infinity), ("-inf", -.infinity),
        ("1e-3", 0.001), (".5", 0.5), ("5.", 5), ("-0", -0.0), ("+7", 7),
    ]

    @Test("takes numbers as Go writes and reads them", arguments: numbers)
    func floats(text: String, value: Double) throws {
        #expect(try Page.samples("a \(text)\n")["a"] == value)
    }

    @Test("takes NaN in any case as the one ordinary NaN")
    func notANumber() throws {
        for text in ["nan", "NaN", "Nan"] {
            let value = try #require(try Page.samples("a \(text)\n")["a"])
            #expect(value.bitPattern == 0x7ff8_0000_0000_0001, "\(text)")
        }
    }

    static let odd: [(String, String)] = [
        ("a 1\r\n", "CR LF"),
        ("# TYPE a counter\n# TYPE a gauge\na 1\n", "line 2: second TYPE of 'a'"),
        ("a 1\n# TYPE a counter\n", "line 2: TYPE of 'a' after its samples"),
        ("# TYPE a info\na 1\n", "line 1: type 'info'"),
        ("# TYPE a unknown\na 1\n", "type 'unknown'"),
        ("a 1\nb 2\na 3\n", "line 3: a series stands on the page twice"),
        ("a 1 -5\n", "line 1: samples with a time before 1970"),
    ]

    @Test("warns of what is odd but readable", arguments: odd)
    func warns(page: String, warning: String) throws {
        let warnings = try Page.read(page).warnings
        #expect(warnings.count == 1 && warnings[0].contains(warning), "\(warnings)")
    }

    @Test("keeps the first TYPE")
    func firstType() throws {
        let page = try Page.read("# TYPE a counter\n# TYPE a gauge\na 1\n")
        #expect(page.families["a"]?.kind == .counter)
    }

    @Test("counts duplicates and keeps the first value")
    func duplicates() throws {
        let page = try Page.read("a{x=\"1\"} 1\na{x=\"1\"} 2\na{x=\"1\",y=\"\"} 3\nb 1\n")
        #expect(page.catalog.duplicateCount == 2)
        #expect(page.sampleCount == 4)
        #expect(page.samples == ["a{x=\"1\"}": 1, "b": 1])
    }

    @Test("undoes the escapes of HELP, which are fewer than those of labels")
    func help() throws {
        let page = try Page.read("# HELP a one\\ntwo \\\\ \\\"q\\\"\n# TYPE a gauge\na 1\n")
        #expect(page.families["a"]?.help == "one\ntwo \\ \\\"q\\\"")
    }

    @Test("drops _created of families that the page has, and no others")
    func created() throws {
        let page = try Page.read(
            """
            # TYPE a_total counter
            a_total{x="1"} 5
            # TYPE a_created gauge
            a_created{x="1"} 1.7e+09
            # TYPE jobs_created gauge
            jobs_created 3

            """)
        #expect(page.samples == ["a_total{x=\"1\"}": 5, "jobs_created": 3])
        #expect(page.created == [1.7e9])
        #expect(page.catalog.createdSeries.map(\.description) == ["a{x=\"1\"}"])
    }

    @Test("puts the target's labels on every series and renames scraped ones of that name")
    func targetLabels() throws {
        let samples = try Page.samples(
            "a{service=\"x\",exported_service=\"y\"} 1\nb 2\n",
            target: ["service": "s", "instance": "i"])
        #expect(
            samples == [
                "a{exported_exported_service=\"x\",exported_service=\"y\",instance=\"i\",service=\"s\"}":
                    1,
                "b{instance=\"i\",service=\"s\"}": 2,
            ])
    }

    @Test("is chosen by the Content-Type, whatever its version")
    func contentType() {
        let types: [(String?, ExpositionFormat?)] = [
            (nil, .text), ("", .text), ("text/plain", .text),
            ("text/plain; version=1.0.0; charset=utf-8; charset=utf-8", .text),
            ("Text/Plain;version=0.0.4", .text),
            ("application/openmetrics-text; version=1.0.0; charset=utf-8", .openMetrics),
            ("text/html; charset=utf-8", nil), ("application/json", nil),
        ]
        for (type, format) in types {
            #expect(ExpositionFormat(contentType: type) == format, "\(type ?? "none")")
        }
        #expect(ExpositionFormat.warning(contentType: nil)?.contains("Content-Type") == true)
        #expect(ExpositionFormat.warning(contentType: "text/plain") == nil)
    }
}
