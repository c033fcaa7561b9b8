import Testing

@testable import Querying

@Suite("Histogram quantiles")
struct HistogramQuantileTests {
    private static let infinity = Double.infinity

    /// Values of Prometheus 3 for the same buckets.
    @Test(
        "agree with Prometheus",
        arguments: [
            ([(1, 3), (2, 3), (4, 10), (infinity, 12)], 0.5, 2.857142857142857),
            ([(1, 3), (2, 3), (4, 10), (infinity, 12)], 0.01, 0.04),
            ([(1, 3), (2, 3), (4, 10), (infinity, 12)], 0.99, 4),
            ([(1, 3), (2, 3), (4, 10), (infinity, 12)], -0.1, -infinity),
            ([(1, 3), (2, 3), (4, 10), (infinity, 12)], 1.1, infinity),
            ([(-1, 2), (0, 5), (1, 7), (infinity, 8)], 0.5, -0.33333333333333337),
            ([(-1, 2), (0, 5), (1, 7), (infinity, 8)], 0.1, -1),
            ([(1, 6), (2, 5), (3, 8), (infinity, 9)], 0.9, 3),
            ([(1, 6), (2, 5), (3, 8), (infinity, 9)], 0.5, 0.75),
            ([(1, 0), (infinity, 0)], 0.5, .nan), ([(1, 5)], 0.5, .nan),
            ([(infinity, 5)], 0.5, .nan), ([(1, 5), (2, 6)], 0.5, .nan),
            ([(2, 4), (1, 1), (1, 1), (infinity, 4)], 0.5, 1),
            ([(1, 5), (infinity, 10)], .nan, .nan),
        ] as [([(Double, Double)], Double, Double)])
    func quantiles(buckets: [(Double, Double)], q: Double, expected: Double) {
        let result = histogramQuantile(
            q, of: buckets.map { HistogramBucket(upperBound: $0.0, cumulativeCount: $0.1) })
        #expect(
            result == expected || (result.isNaN && expected.isNaN)
                || abs(result - expected) < 1e-12, "\(result)")
    }

    @Test("bounds are numbers as Go writes them")
    func bounds() {
        QueryScript.run(
            """
            load 5m
              h_bucket{le="0x10"} 1
              h_bucket{le="0x1p2"} 1
              h_bucket{le="1e400"} 2
              h_bucket{le="+Inf"} 4
              n_bucket{le="NaN"} 1
              n_bucket{le="1"} 2
              n_bucket{le="+Inf"} 4
            eval instant at 0 histogram_quantile(0.125, h_bucket)
              {} 2
            eval instant at 0 histogram_quantile(0.9, h_bucket)
              {} 4
            eval instant at 0 histogram_quantile(0.9, n_bucket)
              {} 1
            """)
    }

    @Test("buckets are grouped by the other labels, per step")
    func grouping() {
        QueryScript.run(
            """
            load 5m
              h_bucket{le="0.1",k="a"} 0+5x10
              h_bucket{le="0.2",k="a"} 0+7x10
              h_bucket{le="+Inf",k="a"} 0+12x10
              h_bucket{le="0.1",k="b"} 0+4x10
              h_bucket{le="0.20",k="b"} 0+6x10
              h_bucket{le="Inf",k="b"} 0+11x10
              h_bucket{le="nonsense",k="b"} 0+11x10
              h_bucket{k="c"} 0+11x10
            eval instant at 50m histogram_quantile(0.5, rate(h_bucket[5m]))
            eval instant at 50m histogram_quantile(0.25, rate(h_bucket[10m]))
              {k="a"} 0.06
              {k="b"} 0.06875
            eval instant at 50m histogram_quantile(0.25, sum by (le) (rate(h_bucket{le!="nonsense",k!="c",le!~".*Inf|0.2."}[10m])) or sum by (le) (label_replace(rate(h_bucket{le=~".*Inf"}[10m]), "le", "+Inf", "", "")))
              {} 0.06388888888888888
            eval range from 0 to 10m step 5m histogram_quantile(0.25, h_bucket{k="a"})
              {k="a"} NaN 0.06 0.06
            eval instant at 50m histogram_quantile(scalar(vector(2)), h_bucket{k="a"})
              {k="a"} +Inf
            eval instant at 50m histogram_fraction(0, 0.1, h_bucket{k="a"})
              {k="a"} 0.4166666666666667
            eval instant at 50m histogram_fraction(0.05, 0.2, h_bucket{k="a"})
              {k="a"} 0.375
            eval instant at 50m histogram_fraction(0.2, 0.1, h_bucket{k="a"})
              {k="a"} 0
            """)
    }
}
