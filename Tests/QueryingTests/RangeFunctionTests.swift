import TestSupport
import Testing

@testable import Querying

@Suite("Functions of ranges")
struct RangeFunctionTests {
    @Test("rate, increase and delta extrapolate to the bounds of the window")
    func extrapolation() {
        QueryScript.run(
            """
            load 5m
              requests{path="/foo"} 0+10x10
              requests{path="/bar"} 0+18x5 0+18x5
              requests{path="/dings"} 10+10x10
              requests{path="/bumms"} 1+10x10
            eval instant at 50m rate(requests[50m])
              {path="/foo"} 0.03333333333333333
              {path="/bar"} 0.05333333333333334
              {path="/dings"} 0.03333333333333333
              {path="/bumms"} 0.03333333333333333
            eval instant at 50m increase(requests[50m])
              {path="/foo"} 100
              {path="/bar"} 160
              {path="/dings"} 100
              {path="/bumms"} 100
            eval instant at 50m increase(requests[100m])
              {path="/foo"} 100
              {path="/bar"} 162
              {path="/dings"} 105
              {path="/bumms"} 101
            clear
            load 5m
              gauge 0+50x3 0-25x3
            eval instant at 30m delta(gauge[30m])
              {} -120
            """)
    }

    @Test("a counter is never extrapolated below zero")
    func counterStart() {
        QueryScript.run(
            """
            load 1m
              young _ _ _ _ 2+10x5
              gauge _ _ _ _ 2+10x5
            eval instant at 10m increase(young[10m])
              {} 62
            eval instant at 10m delta(gauge[10m])
              {} 65
            """)
    }

    @Test("rate looks at a left-open window and needs two samples")
    func leftOpen() {
        QueryScript.run(
            """
            load 1m
              x 0+60x10
            eval instant at 5m count_over_time(x[2m])
              {} 2
            eval instant at 5m rate(x[1m])
            eval instant at 5m rate(x[2m])
              {} 1
            eval instant at 5m x[2m]
              x 240@240 300@300
            eval range from 0 to 5m step 1m count_over_time(x[3m])
              {} 1 2 3 3 3 3
            """)
    }

    @Test("counter resets add what was counted before")
    func resets() {
        QueryScript.run(
            """
            load 5m
              x{k="1"} 0 1 2 3 0 1 0 0 1 2 0
              x{k="2"} 1 2 3 4 5 1 2 3 4 5
              x{k="3"} 0+1x10
              x{k="4"} NaN NaN 1 NaN NaN
            eval instant at 50m resets(x[51m])
              {k="1"} 3
              {k="2"} 1
              {k="3"} 0
              {k="4"} 0
            eval instant at 50m changes(x[51m])
              {k="1"} 9
              {k="2"} 9
              {k="3"} 10
              {k="4"} 2
            eval range from 0 to 50m step 10m resets(x{k="1"}[20m])
              {k="1"} 0 0 1 2 1 1
            """)
    }

    @Test("irate and idelta take the last two samples")
    func instantChange() {
        QueryScript.run(
            """
            load 5m
              x{path="/foo"} 0+10x10
              x{path="/bar"} 0+10x5 0+10x5
            eval instant at 50m irate(x[50m])
              {path="/foo"} 0.03333333333333333
              {path="/bar"} 0.03333333333333333
            eval instant at 30m irate(x[50m])
              {path="/foo"} 0.03333333333333333
              {path="/bar"} 0
            eval instant at 30m idelta(x[50m])
              {path="/foo"} 10
              {path="/bar"} -50
            """)
    }

    @Test("aggregations over time")
    func overTime() {
        QueryScript.run(
            """
            load 10s
              x 1 2 3 4 10
              n{k="a"} 1 NaN 3
              n{k="b"} NaN NaN NaN
              s 1 2 _ 3 stale
            eval instant at 40s sum_over_time(x[1m])
              {} 20
            eval instant at 40s avg_over_time(x[1m])
              {} 4
            eval instant at 40s min_over_time(x[1m])
              {} 1
            eval instant at 40s max_over_time(x[1m])
              {} 10
            eval instant at 40s count_over_time(x[1m])
              {} 5
            eval instant at 40s stdvar_over_time(x[1m])
              {} 10
            eval instant at 40s stddev_over_time(x[1m])
              {} 3.1622776601683795
            eval instant at 40s quantile_over_time(0.75, x[1m])
              {} 4
            eval instant at 40s quantile_over_time(2, x[1m])
              {} +Inf
            eval instant at 40s mad_over_time(x[1m])
              {} 1
            eval instant at 40s last_over_time(x[1m])
              x 10
            eval instant at 40s first_over_time(x[30s])
              x 3
            eval instant at 40s present_over_time(x[1m])
              {} 1
            eval instant at 40s max_over_time(n[1m])
              {k="a"} 3
              {k="b"} NaN
            eval instant at 40s min_over_time(n[1m])
              {k="a"} 1
              {k="b"} NaN
            eval instant at 40s count_over_time(s[1m])
              {} 3
            eval instant at 40s ts_of_max_over_time(x[1m])
              {} 40
            eval instant at 40s ts_of_min_over_time(x[1m])
              {} 0
            eval instant at 40s ts_of_first_over_time(x[30s])
              {} 20
            eval instant at 40s ts_of_last_over_time(x[30s])
              {} 40
            """)
    }

    @Test("sums over time keep what rounding would lose")
    func compensation() {
        QueryScript.run(
            """
            load 10s
              big 1e308x2
              mixed 5e30 1 -5e30
              infinite 1 Inf -Inf 2
            eval instant at 1m avg_over_time(big[2m])
              {} 1e308
            eval instant at 1m sum_over_time(mixed[2m])
              {} 1
            eval instant at 1m avg_over_time(infinite[2m])
              {} NaN
            eval instant at 1m sum_over_time(infinite[2m])
              {} NaN
            eval instant at 10s sum_over_time(infinite[2m])
              {} +Inf
            """)
    }

    @Test("lines and smoothing")
    func regression() {
        QueryScript.run(
            """
            load 5m
              x 0+10x10
              constant 7x10
            eval instant at 50m deriv(x[100m])
              {} 0.03333333333333333
            eval instant at 50m predict_linear(x[50m], 3600)
              {} 220
            eval range from 40m to 50m step 5m predict_linear(x[50m] @ 3000, 3600)
              {} 200 210 220
            eval instant at 50m deriv(constant[100m])
              {} 0
            eval instant at 50m double_exponential_smoothing(x[100m], 0.5, 0.5)
              {} 100
            eval instant at 50m holt_winters(x[100m], 0.01, 0.1)
              {} 100
            eval instant at 1m deriv(x[5m])
            fail instant at 50m double_exponential_smoothing(x[5m], 1, 0.5)
              invalid smoothing factor. Expected: 0 < sf < 1, got: 1
            fail instant at 50m double_exponential_smoothing(x[5m], 0.5, 0)
              invalid trend factor. Expected: 0 < tf < 1, got: 0
            """)
    }

    @Test("one sliding pass gives what each window gives by itself")
    func sliding() throws {
        QueryScript.run(
            """
            load 10s
              x 5 3 9 1 NaN 4 4 8 2 7 _ _ 6 1 0 3
            eval range from 0 to 150s step 10s max_over_time(x[30s])
              {} 5 5 9 9 9 4 4 8 8 8 7 7 6 6 6 3
            eval range from 0 to 150s step 10s min_over_time(x[30s])
              {} 5 3 3 1 1 1 4 4 2 2 2 7 6 1 0 0
            eval range from 0 to 150s step 50s sum_over_time(x[20s])
              {} 5 NaN 7 3
            """)
    }

    @Test("long windows slide to the same sums as adding them up", arguments: 0..<20)
    func slidingSums(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let values = (0..<2000).map { index in
            switch Int.random(in: 0..<400, using: &generator) {
            case 0: seed % 4 == 3 ? Double.infinity : 1e16
            case 1: seed % 5 == 4 ? Double.nan : -1e16
            default: Double.random(in: -1...1, using: &generator)
            }
        }
        var sums = SlidingSum()
        var bounds = WindowBounds(first: 0, end: 0, startTime: 0, endTime: 0, step: 0)
        while bounds.end < values.count {
            bounds.end = min(values.count, bounds.end + Int.random(in: 0...200, using: &generator))
            let first = bounds.end - Int.random(in: 1...400, using: &generator)
            bounds.first = min(max(bounds.first, first), bounds.end)
            var expected = KahanSum()
            for value in values[bounds.first..<bounds.end] { expected.add(value) }
            let result = sums.sum(values.span, bounds).total
            let isClose = abs(result - expected.total) <= 1e-12 * max(1, abs(expected.total))
            #expect(
                isClose || formatted(result) == formatted(expected.total), "\(bounds): \(result)")
        }
    }
}
