import Testing

@testable import TimeSeries

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "reads and writes RFC 3339",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-21T08:00:00.250Z", 1_795_248_000_250),
            ("1969-12-31T23:59:59.999Z", -1), ("2000-02-29T12:00:00Z", 951_825_600_000),
        ] as [(String, Int64)])
    func roundTrip(text: String, milliseconds: Int64) {
        #expect(Timestamp(parsing: text) == Timestamp(milliseconds: milliseconds))
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test("reads offsets, dates and epoch seconds")
    func otherForms() {
        let noon = Timestamp(parsing: "2026-11-21T12:00:00Z")
        #expect(Timestamp(parsing: "2026-11-21T14:00:00+02:00") == noon)
        #expect(Timestamp(parsing: "1795262400") == noon)
        #expect(Timestamp(parsing: "2026-11-21") == noon.map { $0 - .seconds(43200) })
    }

    @Test(
        "refuses what is not a time",
        arguments: [
            "", "yesterday", "2026-13-01", "2026-02-30", "2026-11-21T25:00:00Z", "2026-11-21T1",
        ])
    func refused(text: String) {
        #expect(Timestamp(parsing: text) == nil)
    }

    @Test("aligns downward, before the epoch as well")
    func alignment() {
        #expect(Timestamp(milliseconds: 1999).aligned(to: .seconds(1)).milliseconds == 1000)
        #expect(Timestamp(milliseconds: -1).aligned(to: .seconds(1)).milliseconds == -1000)
    }

    @Test("saturates instead of trapping")
    func saturation() {
        #expect(Timestamp(milliseconds: .max) + .seconds(1) == Timestamp(milliseconds: .max))
        #expect(Timestamp(seconds: .infinity).milliseconds == .max)
        #expect(Timestamp(seconds: .nan).milliseconds == 0)
    }
}
