import Testing

@testable import Querying

/// One example of every function, aggregation and operator, worked out by hand from the
/// documentation; what is missing in the table fails.
@Suite("Every function, aggregation and operator")
struct CoverageTests {
    private static let data = """
        load 10s
          c{k="a"} 0+10x6
          g{k="a"} 4 -2 3 1 5 1 2
          h_bucket{le="1"} 0+1x6
          h_bucket{le="2"} 0+3x6
          h_bucket{le="+Inf"} 0+4x6
          s{k="a"} 1x6
          s{k="b"} 2x6
          s{k="c"} 4x6

        """

    /// Name, expression, and what it gives after a minute; several elements are parted by `;`.
    private static let functions = """
        abs | abs(g - 5) | {k="a"} 3
        absent | absent(none{k="z"}) | {k="z"} 1
        absent_over_time | absent_over_time(none{k="z"}[1m]) | {k="z"} 1
        acos | acos(g - 1) | {k="a"} 0
        acosh | acosh(g - 1) | {k="a"} 0
        asin | asin(g - 2) | {k="a"} 0
        asinh | asinh(g - 2) | {k="a"} 0
        atan | atan(g - 2) | {k="a"} 0
        atanh | atanh(g - 2) | {k="a"} 0
        avg_over_time | avg_over_time(g[1m]) | {k="a"} 1.6666666666666667
        ceil | ceil(g / 3) | {k="a"} 1
        changes | changes(g[1m]) | {k="a"} 5
        clamp | clamp(g, 3, 4) | {k="a"} 3
        clamp_max | clamp_max(g, 1) | {k="a"} 1
        clamp_min | clamp_min(g, 3) | {k="a"} 3
        cos | cos(g - 2) | {k="a"} 1
        cosh | cosh(g - 2) | {k="a"} 1
        count_over_time | count_over_time(g[1m]) | {k="a"} 6
        day_of_month | day_of_month(vector(86400)) | {} 2
        day_of_week | day_of_week(vector(0)) | {} 4
        day_of_year | day_of_year(vector(86400 * 31)) | {} 32
        days_in_month | days_in_month(vector(0)) | {} 31
        deg | deg(g * pi() / 2) | {k="a"} 180
        delta | delta(g[1m]) | {k="a"} 4.8
        deriv | deriv(c[1m]) | {k="a"} 1
        double_exponential_smoothing | double_exponential_smoothing(c[1m], 0.5, 0.5) | {k="a"} 60
        end | end() | 60
        exp | exp(g - 2) | {k="a"} 1
        first_over_time | first_over_time(g[1m]) | g{k="a"} -2
        floor | floor(g / 3) | {k="a"} 0
        histogram_avg | histogram_avg(g) |
        histogram_count | histogram_count(g) |
        histogram_fraction | histogram_fraction(0, 1, h_bucket) | {} 0.25
        histogram_quantile | histogram_quantile(0.5, h_bucket) | {} 1.5
        histogram_quantiles | histogram_quantiles(h_bucket, "q", 0.5) | {q="0.5"} 1.5
        histogram_stddev | histogram_stddev(g) |
        histogram_stdvar | histogram_stdvar(g) |
        histogram_sum | histogram_sum(g) |
        holt_winters | holt_winters(c[1m], 0.5, 0.5) | {k="a"} 60
        hour | hour(vector(7200)) | {} 2
        idelta | idelta(g[1m]) | {k="a"} 1
        increase | increase(c[1m]) | {k="a"} 60
        info | info(s{k="a"}, {__name__="none"}) | s{k="a"} 1
        irate | irate(c[1m]) | {k="a"} 1
        label_join | label_join(g, "j", "-", "k", "k") | g{k="a",j="a-a"} 2
        label_replace | label_replace(g, "n", "${1}x", "k", "(.*)") | g{k="a",n="ax"} 2
        last_over_time | last_over_time(g[1m]) | g{k="a"} 2
        ln | ln(g - 1) | {k="a"} 0
        log10 | log10(g * 5) | {k="a"} 1
        log2 | log2(g) | {k="a"} 1
        mad_over_time | mad_over_time(g[1m]) | {k="a"} 1
        max_of | max_of(1, time()) | 60
        max_over_time | max_over_time(g[1m]) | {k="a"} 5
        min_of | min_of(1, time()) | 1
        min_over_time | min_over_time(g[1m]) | {k="a"} -2
        minute | minute() | {} 1
        month | month(vector(86400 * 31)) | {} 2
        pi | pi() | 3.141592653589793
        predict_linear | predict_linear(c[1m], 60) | {k="a"} 120
        present_over_time | present_over_time(g[1m]) | {k="a"} 1
        quantile_over_time | quantile_over_time(0.5, g[1m]) | {k="a"} 1.5
        rad | rad(g * 90) | {k="a"} 3.141592653589793
        range | range() | 0
        rate | rate(c[1m]) | {k="a"} 1
        resets | resets(g[1m]) | {k="a"} 2
        round | round(g / 3) | {k="a"} 1
        scalar | scalar(g) | 2
        sgn | sgn(g - 5) | {k="a"} -1
        sin | sin(g - 2) | {k="a"} 0
        sinh | sinh(g - 2) | {k="a"} 0
        sort | sort(s) | s{k="a"} 1 ; s{k="b"} 2 ; s{k="c"} 4
        sort_by_label | sort_by_label(s, "k") | s{k="a"} 1 ; s{k="b"} 2 ; s{k="c"} 4
        sort_by_label_desc | sort_by_label_desc(s, "k") | s{k="c"} 4 ; s{k="b"} 2 ; s{k="a"} 1
        sort_desc | sort_desc(s) | s{k="c"} 4 ; s{k="b"} 2 ; s{k="a"} 1
        sqrt | sqrt(g * 2) | {k="a"} 2
        start | start() | 60
        stddev_over_time | stddev_over_time(g[1m]) | {k="a"} 2.1343747458109497
        stdvar_over_time | stdvar_over_time(g[1m]) | {k="a"} 4.555555555555555
        step | step() | 0
        sum_over_time | sum_over_time(g[1m]) | {k="a"} 10
        tan | tan(g - 2) | {k="a"} 0
        tanh | tanh(g - 2) | {k="a"} 0
        time | time() | 60
        timestamp | timestamp(g) | {k="a"} 60
        ts_of_first_over_time | ts_of_first_over_time(g[1m]) | {k="a"} 10
        ts_of_last_over_time | ts_of_last_over_time(g[1m]) | {k="a"} 60
        ts_of_max_over_time | ts_of_max_over_time(g[1m]) | {k="a"} 40
        ts_of_min_over_time | ts_of_min_over_time(g[1m]) | {k="a"} 10
        vector | vector(7) | {} 7
        year | year(vector(0)) | {} 1970
        """

    private static let aggregations = """
        avg | avg(s) | {} 2.3333333333333335
        bottomk | bottomk(2, s) | s{k="a"} 1 ; s{k="b"} 2
        count | count(s) | {} 3
        count_values | count_values("v", s > 1) | {v="2"} 1 ; {v="4"} 1
        group | group(s) | {} 1
        limit_ratio | limit_ratio(1, s) | s{k="a"} 1 ; s{k="b"} 2 ; s{k="c"} 4
        limitk | limitk(1, s) | s{k="a"} 1
        max | max(s) | {} 4
        min | min(s) | {} 1
        quantile | quantile(0.5, s) | {} 2
        stddev | stddev(s) | {} 1.247219128924647
        stdvar | stdvar(s) | {} 1.5555555555555556
        sum | sum(s) | {} 7
        topk | topk(2, s) | s{k="c"} 4 ; s{k="b"} 2
        """

    private static let operators = """
        + | s{k="c"} + 3 | {k="c"} 7
        - | 3 - 4 | -1
        * | s{k="c"} * on () g | {} 8
        / | 1 / 4 | 0.25
        % | -7 % 4 | -3
        ^ | 2 ^ 3 ^ 2 | 512
        atan2 | 0 atan2 -1 | 3.141592653589793
        == | s == 2 | s{k="b"} 2
        != | s != 2 | s{k="a"} 1 ; s{k="c"} 4
        > | 3 > s | s{k="a"} 1 ; s{k="b"} 2
        < | s < bool 2 | {k="a"} 1 ; {k="b"} 0 ; {k="c"} 0
        >= | s >= 2 | s{k="b"} 2 ; s{k="c"} 4
        <= | s <= on (k) (s * 0 + 2) | {k="a"} 1 ; {k="b"} 2
        and | s and on (k) g | s{k="a"} 1
        or | g or on (k) s | g{k="a"} 2 ; s{k="b"} 2 ; s{k="c"} 4
        unless | s unless on (k) g | s{k="b"} 2 ; s{k="c"} 4
        """

    private static func rows(_ table: String) -> [[String]] {
        table.split(separator: "\n").map { line in
            line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimming(" ") }
        }
    }

    @Test("gives what the documentation says", arguments: [functions, aggregations, operators])
    func examples(table: String) {
        for row in Self.rows(table) {
            let expected = row[2].split(separator: ";").map { "  " + $0.trimming(" ") }
            let order = row[0].hasPrefix("sort") || row[0].hasSuffix("topk") ? "ordered" : "eval"
            QueryScript.run(
                Self.data + "\(order) instant at 1m \(row[1])\n"
                    + expected.joined(separator: "\n"))
        }
    }

    @Test("has an example")
    func complete() {
        #expect(Self.rows(Self.functions).map { $0[0] } == Function.names)
        #expect(
            Self.rows(Self.aggregations).map { $0[0] }
                == Aggregator.allCases.map(\.rawValue).sorted())
        #expect(
            Set(Self.rows(Self.operators).map { $0[0] })
                == Set(BinaryOperator.allCases.map(\.rawValue)))
    }
}

extension StringProtocol {
    fileprivate func trimming(_ character: Character) -> String {
        String(drop { $0 == character }.reversed().drop { $0 == character }.reversed())
    }
}
