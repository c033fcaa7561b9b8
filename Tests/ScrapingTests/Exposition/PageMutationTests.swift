import TestSupport
import Testing
import TimeSeries

@testable import Scraping

/// Hostile and broken pages: a reader that knows the page before must judge every page as one that
/// never saw a page.
@Suite("mutated pages")
struct PageMutationTests {
    static let bytes = Array("\n\r\t {}\",=#\\0123.eE+-_:NaInfEOF\u{0}".utf8) + [0x80, 0xC3, 0xFF]

    private static func page(_ round: Int, _ format: ExpositionFormat) -> [UInt8] {
        let suffix = format == .openMetrics ? "# EOF\n" : "# the end\n"
        let exemplar = format == .openMetrics ? " # {t=\"\(round)\"} 0.5 1.5" : ""
        return Array(
            """
            # HELP a_total Requests.
            # TYPE a_total counter
            a_total{m="x",s="200"} \(round)\(exemplar)
            a_total{m="x",s="500"} \(round * 2).5
            # TYPE h histogram
            h_bucket{le="0.5"} \(round)
            h_bucket{le="+Inf"} \(round)
            h_count \(round)
            h_sum \(Double(round) * 0.013)
            h_created 1.7e+09
            t 3 \(1000 + round)
            g NaN

            """.utf8) + Array(suffix.utf8)
    }

    private func outcome(_ reader: PageReader, _ body: [UInt8], _ format: ExpositionFormat)
        -> String
    {
        do {
            let page = try reader.read(body: body, format: format, at: Page.noon)
            let samples = zip(page.batch.table.labels, page.batch.values)
                .map { "\($0) \($1.bitPattern)" }
            return "\(samples) \(page.batch.timestamps ?? []) \(page.created) \(page.sampleCount) "
                + "\(page.catalog.duplicateCount)"
        } catch {
            return error.description
        }
    }

    @Test(
        "are judged the same with and without a page before",
        arguments: [ExpositionFormat.text, .openMetrics], 0..<16)
    func mutations(format: ExpositionFormat, seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let reader = PageReader(targetLabels: ["service": "s"])
        for round in 0..<150 {
            _ = outcome(reader, Self.page(round, format), format)
            var body = Self.page(round + 1, format)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                Self.mutate(&body, &generator)
            }
            let fresh = PageReader(targetLabels: ["service": "s"])
            let text = String(decoding: body, as: UTF8.self).debugDescription
            #expect(outcome(reader, body, format) == outcome(fresh, body, format), "\(text)")
        }
    }

    private static func mutate(_ body: inout [UInt8], _ generator: inout SplitMix64) {
        guard !body.isEmpty else { return }
        let place = Int.random(in: 0..<body.count, using: &generator)
        let byte = bytes[Int.random(in: 0..<bytes.count, using: &generator)]
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: body[place] = byte
        case 1: body.insert(byte, at: place)
        case 2: body.remove(at: place)
        default:
            let end = min(place + Int.random(in: 1...40, using: &generator), body.count)
            let other = Int.random(in: 0...body.count, using: &generator)
            body.insert(contentsOf: body[place..<end], at: other)
        }
    }
}
