import Testing

@testable import Querying

@Suite("Aggregations")
struct AggregationTests {
    private static let data = """
        load 5m
          r{job="api",instance="0"} 0+10x10
          r{job="api",instance="1"} 0+20x10
          r{job="app",instance="0"} 0+50x10
          r{job="app",instance="1"} 0+60x10
          n{k="a"} 1x10
          n{k="b"} NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN
          n{k="c"} 3x10

        """

    @Test("sum, avg, min, max, count, group, stddev and stdvar")
    func folds() {
        QueryScript.run(
            Self.data + """
                eval instant at 50m SUM(r)
                  {} 1400
                eval instant at 50m sum by (job) (r)
                  {job="api"} 300
                  {job="app"} 1100
                eval instant at 50m sum(r) without (instance)
                  {job="api"} 300
                  {job="app"} 1100
                eval instant at 50m sum by (job, nothing) (r)
                  {job="api"} 300
                  {job="app"} 1100
                eval instant at 50m sum by (__name__) (r)
                  r 1400
                eval instant at 50m avg by (job) (r)
                  {job="api"} 150
                  {job="app"} 550
                eval instant at 50m min(r) + max(r) + count(r) + group(r)
                  {} 705
                eval instant at 50m stddev(r)
                  {} 206.15528128088303
                eval instant at 50m stdvar by (job) (r)
                  {job="api"} 2500
                  {job="app"} 2500
                eval instant at 50m min(n)
                  {} 1
                eval instant at 50m max(n)
                  {} 3
                eval instant at 50m sum(n)
                  {} NaN
                eval instant at 50m sum(nothing)
                eval range from 0 to 60m step 20m sum(r)
                  {} 0 560 1120 _
                """)
    }

    @Test("sums keep what rounding would lose, means what would overflow")
    func compensation() {
        QueryScript.run(
            """
            load 5m
              x{k="a"} 5e30
              x{k="b"} 1
              x{k="c"} -5e30
              y{k="a"} 1e308
              y{k="b"} 1.5e308
              i{k="a"} Inf
              i{k="b"} 1
            eval instant at 0 sum(x)
              {} 1
            eval instant at 0 avg(y)
              {} 1.25e308
            eval instant at 0 avg(i)
              {} +Inf
            """)
    }

    @Test("topk and bottomk keep labels, in order, NaN last")
    func ranking() {
        QueryScript.run(
            Self.data + """
                ordered instant at 50m topk(3, r)
                  r{job="app",instance="1"} 600
                  r{job="app",instance="0"} 500
                  r{job="api",instance="1"} 200
                ordered instant at 50m bottomk(2, r)
                  r{job="api",instance="0"} 100
                  r{job="api",instance="1"} 200
                eval instant at 50m topk by (job) (1, r)
                  r{job="api",instance="1"} 200
                  r{job="app",instance="1"} 600
                ordered instant at 50m topk(3, n)
                  n{k="c"} 3
                  n{k="a"} 1
                  n{k="b"} NaN
                ordered instant at 50m bottomk(9999999999, n)
                  n{k="a"} 1
                  n{k="c"} 3
                  n{k="b"} NaN
                eval instant at 50m topk(0, r)
                eval instant at 50m topk(-1, r)
                eval instant at 50m topk(scalar(n{k="a"}), r)
                  r{job="app",instance="1"} 600
                eval range from 0 to 20m step 10m topk(1, r)
                  r{job="api",instance="0"} 0 _ _
                  r{job="app",instance="1"} _ 120 240
                eval instant at 50m count(limitk(3, r))
                  {} 3
                fail instant at 50m topk(NaN, r)
                  Parameter value is NaN
                fail instant at 50m topk(1e30, r)
                  overflows int64
                """)
    }

    @Test("of equal elements those stay, and come first, that do in Prometheus")
    func ties() {
        QueryScript.run(
            """
            load 10s
              x{k="a"} 1
              x{k="b"} 1
              x{k="c"} 2
              x{k="d"} 1
              n{k="a"} NaN
              n{k="b"} 1
              n{k="c"} NaN
            ordered instant at 0 topk(2, x)
              x{k="c"} 2
              x{k="b"} 1
            ordered instant at 0 bottomk(2, x)
              x{k="a"} 1
              x{k="b"} 1
            ordered instant at 0 topk(2, n)
              n{k="b"} 1
              n{k="c"} NaN
            ordered instant at 0 sort(x)
              x{k="a"} 1
              x{k="b"} 1
              x{k="d"} 1
              x{k="c"} 2
            ordered instant at 0 sort_desc(n)
              n{k="b"} 1
              n{k="c"} NaN
              n{k="a"} NaN
            """)
    }

    @Test("many are ranked as few are")
    func largeRanking() {
        let series = (0..<200).map { "  x{i=\"\($0)\"} \($0 * 37 % 200)" }.joined(separator: "\n")
        QueryScript.run(
            """
            load 10s
            \(series)
            eval instant at 0 min(topk(150, x))
              {} 50
            eval instant at 0 max(bottomk(150, x))
              {} 149
            ordered instant at 0 topk(100, x) > 197
              x{i="27"} 199
              x{i="54"} 198
            """)
    }

    @Test(
        "the hash is xxHash",
        arguments: [
            ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B),
            ("as", 0x1C33_0FB2_D66B_E179), ("asd", 0x631C_37CE_72A9_7393),
            ("asdf", 0x4158_72F5_99CE_A71E),
            (
                "Call me Ishmael. Some years ago--never mind how long precisely-",
                0x02A2_E854_70D6_FD96
            ),
        ] as [(String, UInt64)])
    func hash(text: String, expected: UInt64) {
        #expect(xxHash64(Array(text.utf8)) == expected, "\(text)")
    }

    @Test("limit_ratio and its complement share the elements out")
    func ratio() {
        QueryScript.run(
            Self.data + """
                eval instant at 50m count(limit_ratio(0.5, r) or limit_ratio(-0.5, r))
                  {} 4
                eval instant at 50m limit_ratio(0.5, r) and limit_ratio(-0.5, r)
                eval instant at 50m count(limit_ratio(1, r))
                  {} 4
                eval instant at 50m limit_ratio(0, r)
                fail instant at 50m limit_ratio(NaN, r)
                  Parameter value is NaN
                """)
    }

    @Test("count_values and quantile")
    func valuesAndQuantiles() {
        QueryScript.run(
            """
            load 5m
              version{job="api",instance="0",group="p"} 6
              version{job="api",instance="1",group="p"} 6
              version{job="api",instance="0",group="c"} 8
              version{job="app",instance="0",group="p"} 6
              version{job="app",instance="0",group="c"} 7.5
            eval instant at 4m count_values("v", version)
              {v="6"} 3
              {v="7.5"} 1
              {v="8"} 1
            eval instant at 4m count_values without (instance) ((("job")), version)
              {job="6",group="p"} 3
              {job="8",group="c"} 1
              {job="7.5",group="c"} 1
            eval instant at 4m count_values by (group) ("v", version)
              {group="p",v="6"} 3
              {group="c",v="7.5"} 1
              {group="c",v="8"} 1
            eval instant at 4m quantile(0.5, version)
              {} 6
            eval instant at 4m quantile by (group) (0.9, version)
              {group="p"} 6
              {group="c"} 7.95
            eval instant at 4m quantile(-1, version)
              {} -Inf
            eval instant at 4m quantile(NaN, version)
              {} NaN
            fail instant at 4m count_values("", version)
              invalid label name
            """)
    }
}
