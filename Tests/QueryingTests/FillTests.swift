import Testing

@testable import Querying

/// `fill`, `fill_left` and `fill_right`, and several quantiles at once, after the documentation of
/// Prometheus 3.
@Suite("Fill modifiers")
struct FillTests {
    private static let data = """
        load 1m
          ok{host="a"} 1 2 _ 4
          ok{host="b"} 5x3
          bad{host="a"} 10 _ 30 _
          bad{host="c"} 7x3

        """

    @Test("what one side lacks is filled at each step")
    func filled() {
        QueryScript.run(
            Self.data + """
                eval range from 0 to 3m step 1m last_over_time(ok[1s]) + fill(0) last_over_time(bad[1s])
                  {host="a"} 11 2 30 4
                  {host="b"} 5 5 5 5
                  {host="c"} 7 7 7 7
                eval instant at 0 ok - fill_left(1) bad
                  {host="a"} -9
                  {host="c"} -6
                eval instant at 0 ok - fill_right(1) bad
                  {host="a"} -9
                  {host="b"} 4
                eval instant at 0 ok - fill_right(1) fill_left(-2) bad
                  {host="a"} -9
                  {host="b"} 4
                  {host="c"} -9
                eval instant at 0 ok < fill(6) bad
                  ok{host="a"} 1
                  ok{host="b"} 5
                  {host="c"} 6
                eval instant at 0 ok < bool on (host) fill(6) bad
                  {host="a"} 1
                  {host="b"} 1
                  {host="c"} 1
                eval instant at 0 none + fill(1) ok
                  {host="a"} 2
                  {host="b"} 6
                eval instant at 0 none + fill_right(1) ok
                """)
    }

    @Test("a group that lacks its many elements gets one, which has the matching labels")
    func groups() {
        QueryScript.run(
            """
            load 1m
              hits{code="200",verb="get"} 1
              hits{code="200",verb="put"} 2
              hits{code="500",verb="get"} 3
              cap{code="200",team="x"} 10
              cap{code="404",team="y"} 20
            eval instant at 0 hits * on (code) group_left (team) fill_right(5) cap
              {code="200",verb="get",team="x"} 10
              {code="200",verb="put",team="x"} 20
              {code="500",verb="get"} 15
            eval instant at 0 hits * on (code) group_left fill_left(5) cap
              {code="200",verb="get"} 10
              {code="200",verb="put"} 20
              {code="404"} 100
            eval instant at 0 cap / on (code) group_right fill(1) hits
              {code="200",verb="get"} 10
              {code="200",verb="put"} 5
              {code="500",verb="get"} 0.3333333333333333
              {code="404"} 20
            """)
    }

    @Test("fill without a number is a metric's name")
    func names() {
        QueryScript.run(
            """
            load 1m
              fill{k="1"} 1
              fill_left{k="2"} 2
              other{k="1"} 10
            eval instant at 0 other + fill
              {k="1"} 11
            eval instant at 0 fill + fill(3) fill_left
              {k="1"} 4
              {k="2"} 5
            """)
    }

    @Test(
        "mistakes are told",
        arguments: [
            ("a and fill(0) b", "filling in missing series not allowed for set operators"),
            ("a + fill(0) 1", "filling in missing series only allowed between instant vectors"),
            ("a + fill(b) c", "in fill modifiers, expected number"),
            ("a + fill(0) fill_left(1) b", "in fill modifiers, expected one for each side"),
        ])
    func mistakes(text: String, message: String) {
        ExpressionChecks.isRefused(text, message)
    }

    @Test(
        "what is printed parses to the same",
        arguments: [
            "a + fill (0) b", "a + on (x) group_left (y) fill_right (NaN) b",
            "a > bool ignoring (x) fill_left (-Inf) fill_right (2) b",
        ])
    func printed(text: String) throws {
        try ExpressionChecks.isPrintedAsWritten(text)
    }

    @Test("several quantiles of a histogram are told apart by a label")
    func quantiles() {
        QueryScript.run(
            """
            load 1m
              h_bucket{le="1",k="a"} 10
              h_bucket{le="2",k="a"} 20
              h_bucket{le="+Inf",k="a"} 20
            eval instant at 0 histogram_quantiles(h_bucket, "q", 0.5, 0.75, 1, 1 / 4)
              {k="a",q="0.5"} 1
              {k="a",q="0.75"} 1.5
              {k="a",q="1.0"} 2
              {k="a",q="0.25"} 0.5
            fail instant at 0 histogram_quantiles(h_bucket, "q")
              expected at least 3 argument(s)
            fail instant at 0 histogram_quantiles(h_bucket, "q", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
              expected at most 12 argument(s)
            """)
    }
}
