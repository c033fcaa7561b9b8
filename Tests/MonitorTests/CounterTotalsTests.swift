import Foundation
import Testing
import TimeSeries

@testable import mlmon

@Suite("Counter totals") struct CounterTotalsTests {
    private func labels(_ index: Int) -> LabelSet {
        LabelSet([("__name__", "requests_total"), ("instance", "\(index)")])
    }

    @Test("what is stored is read back, to the last bit")
    func roundTrip() throws {
        var totals = CounterTotals()
        let values = [0, 0.1, 1e300, 4_503_599_627_370_497.5]
        for (index, value) in values.enumerated() {
            let at = Timestamp(milliseconds: 1_700_000_000_123 + Int64(index))
            #expect(totals.note(labels(index), value, at: at) == nil)
        }
        let data = try JSONEncoder().encode(totals)
        var restored = try JSONDecoder().decode(CounterTotals.self, from: data)
        for (index, value) in values.enumerated() {
            #expect(restored.know(labels(index)))
            #expect(restored.note(labels(index), 1, at: Timestamp(milliseconds: 0)) == value)
        }
        #expect(!restored.know(labels(9)))
    }

    @Test("the dictionary of older files is read")
    func older() throws {
        let fingerprint = labels(1).fingerprint
        let json = try "[\(fingerprint), {\"value\": 7.5, \"seen\": \(timestampJSON())}]"
        var totals = try JSONDecoder().decode(CounterTotals.self, from: Data(json.utf8))
        #expect(totals.note(labels(1), 8, at: Timestamp(milliseconds: 0)) == 7.5)
    }

    @Test("bytes that end in the middle of a counter are refused")
    func damaged() throws {
        let json = try JSONEncoder().encode(Data([1, 2, 3]))
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(CounterTotals.self, from: json)
        }
    }

    private func timestampJSON() throws -> String {
        let data = try JSONEncoder().encode([Timestamp(milliseconds: 1_700_000_000_000)])
        return String(decoding: data.dropFirst().dropLast(), as: UTF8.self)
    }
}
