import Testing

@testable import Querying

@Suite("Values and durations as Prometheus writes them")
struct FormatTests {
    @Test(
        "values",
        arguments: [
            (12, "12"), (0.1, "0.1"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
            (0, "0"), (-0.0, "-0"), (1e21, "1000000000000000000000"), (1e-7, "0.0000001"),
            (123456.789, "123456.789"), (-2.5e-5, "-0.000025"), (1.5e16, "15000000000000000"),
            (100, "100"), (0.30000000000000004, "0.30000000000000004"),
            (.leastNonzeroMagnitude, "0." + String(repeating: "0", count: 323) + "5"),
        ] as [(Double, String)])
    func values(value: Double, text: String) {
        #expect(formatted(value) == text)
    }

    @Test(
        "values of samples have exponents where they are very small or large",
        arguments: [
            (0, "0"), (-0.0, "-0"), (1e21, "1e+21"), (9e20, "900000000000000000000"),
            (1e-6, "0.000001"), (-1e-7, "-1e-07"), (2.5e300, "2.5e+300"), (.infinity, "+Inf"),
        ] as [(Double, String)])
    func samples(value: Double, text: String) {
        #expect(formattedSample(value) == text)
    }

    @Test(
        "durations, read and written",
        arguments: [
            ("5m", 300_000), ("1h30m", 5_400_000), ("0s", 0), ("1s500ms", 1500),
            ("30d", 2_592_000_000),
            ("1w", 604_800_000), ("1y", 31_536_000_000), ("2d12h", 216_000_000), ("90ms", 90),
        ] as [(String, Int64)])
    func durations(text: String, milliseconds: Int64) {
        #expect(Duration(parsingPrometheus: text) == .milliseconds(milliseconds))
        #expect(Duration.milliseconds(milliseconds).prometheusDescription == text)
    }

    @Test(
        "refuses what is no duration",
        arguments: [
            "", "5", "m", "5x", "5m5m", "5s1m", "-5m", "1.5m", "5 m", "99999999999999999999y",
            "999999999999y",
        ])
    func refused(text: String) {
        #expect(Duration(parsingPrometheus: text) == nil)
    }

    @Test("a negative duration has a sign")
    func negative() {
        #expect(Duration.seconds(-90).prometheusDescription == "-1m30s")
    }
}
