import Testing
import TimeSeries

@testable import Dashboards

@Suite("Figures")
struct FiguresTests {
    @Test(
        "durations have three digits and a unit",
        arguments: [
            (0, "0"), (0.000_41, "410µs"), (0.00413, "4.13ms"), (0.0612, "61.2ms"),
            (0.268, "268ms"), (0.9999, "1.00s"), (2.8, "2.80s"), (61.24, "61.2s"), (700, "11m"),
        ] as [(Double, String)])
    func seconds(value: Double, text: String) {
        #expect(Figures.seconds(value) == text)
    }

    @Test(
        "counts have three digits and a suffix",
        arguments: [
            (0, "0"), (3.1, "3.10"), (22, "22.0"), (118, "118"), (999.7, "1.00k"), (1234, "1.23k"),
            (1_200_000, "1.20M"), (0.0123, "0.012"),
        ] as [(Double, String)])
    func counts(value: Double, text: String) {
        #expect(Figures.count(value) == text)
    }

    @Test(
        "ratios are percentages that never pretend to be zero",
        arguments: [
            (0, "0"), (0.009, "0.90"), (0.123, "12.3"), (1, "100"), (0.00001, "<0.01"),
            (0.9999, "100"),
        ] as [(Double, String)])
    func percent(value: Double, text: String) {
        #expect(Figures.percent(value) == text)
    }

    @Test("unknown, NaN and infinity are a dash everywhere")
    func unknown() {
        for value in [nil, Double.nan, .infinity, -.infinity] {
            for text in [
                Figures.seconds(value), Figures.count(value), Figures.percent(value),
                Figures.index(value), Figures.probability(value), Figures.bytes(value),
            ] {
                #expect(text == "—")
            }
        }
    }

    @Test(
        "ages are short",
        arguments: [
            (4, "4s"), (80, "1m20s"), (60, "1m"), (960, "16m"), (3600, "1h"), (11_000, "3h3m"),
            (90_000, "25h"), (200_000, "2d"), (-5, "0s"),
        ])
    func ages(seconds: Int, text: String) {
        #expect(Figures.age(.seconds(seconds)) == text)
    }

    @Test("small probabilities are powers of ten")
    func probability() {
        #expect(Figures.probability(0.42) == "0.42")
        #expect(Figures.probability(0.003) == "0.003")
        #expect(Figures.probability(3e-10) == "<1e-9")
        #expect(Figures.probability(0) == "<1e-15")
    }

    @Test("bytes count in powers of 1024")
    func bytes() {
        #expect(Figures.bytes(2_147_483_648) == "2.00GiB")
        #expect(Figures.bytes(512) == "512B")
    }
}
