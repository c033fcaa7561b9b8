import Testing

@testable import TimeSeries

@Suite("PackedLabelSets")
struct PackedLabelSetsTests {
    private static let page: [LabelSet] =
        ["0.005", "0.01", "+Inf"].flatMap { bound in
            (0..<40).map { model in
                LabelSet(metricName: "latency_bucket", ["le": bound, "model": "m\(model)"])
            }
        } + [LabelSet(), LabelSet(metricName: "up"), ["a": "1"], ["a": "1", "b": "2"]]

    /// Labels of a few letters, so that beginnings and ends are often alike.
    private static func random(_ seed: UInt64) -> [LabelSet] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func below(_ limit: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(limit))
        }
        func word() -> String {
            String(repeating: ["a", "ab", "\u{e9}"][below(3)], count: below(400))
        }
        return (0..<below(60)).map { _ in
            LabelSet((0..<below(4)).map { _ in (name: ["x", "xy", "y"][below(3)], value: word()) })
        }
    }

    @Test("give back what they were made of", arguments: 0..<100)
    func roundTrip(seed: Int) {
        let sets = seed == 0 ? Self.page : Self.random(UInt64(seed))
        let packed = PackedLabelSets(sets)
        #expect(Array(packed) == sets)
        #expect(packed.elementsEqual(sets))
    }

    @Test("are told from others", arguments: 1..<100)
    func inequality(seed: Int) {
        let sets = Self.random(UInt64(seed))
        let packed = PackedLabelSets(sets)
        for index in sets.indices {
            for other in sets {
                #expect(packed.isEqual(at: index, to: other) == (sets[index] == other))
            }
            let longer = sets[index].setting("z", to: "1")
            #expect(!packed.isEqual(at: index, to: longer))
        }
        #expect(!packed.elementsEqual(sets + [["z": "1"]]))
    }
}
