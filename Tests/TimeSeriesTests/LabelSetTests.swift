import Testing

@testable import TimeSeries

@Suite("LabelSet")
struct LabelSetTests {
    @Test("equal are sets of the same labels, and no others")
    func equality() {
        let sets: [LabelSet] = [[:], ["a": "1"], ["a": "2"], ["a": "1", "b": "1"], ["b": "1"]]
        for (i, a) in sets.enumerated() {
            for (j, b) in sets.enumerated() { #expect((a == b) == (i == j)) }
        }
        #expect(LabelSet([("b", "1"), ("a", "1")]) == sets[3] && LabelSet() == sets[0])
    }

    @Test("series are handed over by runs of one metric name, wherever the name stands")
    func metricRuns() {
        let sets: [LabelSet] = [
            ["__name__": "a", "x": "1"], ["__name__": "a", "x": "2"], ["__name__": "ab"],
            ["x": "1"], ["__name__": "a"], ["A": "1", "__name__": "b"],
            ["A": "2", "__name__": "b"],
        ]
        var runs: [String] = []
        sets.forEachMetricRun { runs.append("\($0) \($1)") }
        #expect(runs == ["a 0..<2", "ab 2..<3", "a 4..<5", "b 5..<6", "b 6..<7"])
        [LabelSet]().forEachMetricRun { name, _ in Issue.record("\(name)") }
    }

    @Test("sorts by bytes, drops empty values, last of a name wins")
    func canonicalForm() {
        let labels = LabelSet([("b", "2"), ("a", "x"), ("a", "1"), ("c", "")])
        #expect(labels.pairs.map(\.name) == ["a", "b"])
        #expect(labels["a"] == "1")
        #expect(labels["c"] == nil)
        #expect(labels.count == 2)
    }

    @Test("composed and decomposed characters are different values")
    func bytesNotCharacters() {
        #expect(LabelSet([("a", "\u{e9}")]) != LabelSet([("a", "e\u{301}")]))
    }

    @Test(
        "fingerprints are those of Alertmanager",
        arguments: [
            (LabelSet(), UInt64(0xcbf2_9ce4_8422_2325)),
            (["alertname": "OKV"], 0x1767_485f_5f2d_1406),
            (["alertname": "A", "sev": "warn"], 0x757a_285c_84ad_7931),
        ] as [(LabelSet, UInt64)])
    func fingerprint(labels: LabelSet, expected: UInt64) {
        #expect(labels.fingerprint == expected)
    }

    @Test("description escapes what could reach a terminal")
    func description() {
        let labels = LabelSet(metricName: "up", ["x": "a\"b\u{1b}[2J\n"])
        #expect(labels.description == #"up{x="a\"b\u{1b}[2J\n"}"#)
    }
}
