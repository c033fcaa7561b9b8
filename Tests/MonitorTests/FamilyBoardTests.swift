import API
import Scraping
import Testing
import TimeSeries

@testable import mlmon

@Suite("What pages say of their families")
struct FamilyBoardTests {
    private static func catalog(of page: String) throws -> PageCatalog {
        try PageReader(targetLabels: LabelSet([])).read(
            body: Array(page.utf8), format: .text, at: Timestamp(seconds: 1)
        ).catalog
    }

    @Test("TYPE and HELP are given by family; targets that agree count once")
    func merged() throws {
        let board = FamilyBoard()
        let first = try Self.catalog(
            of: "# HELP hits_total Answers.\n# TYPE hits_total counter\nhits_total 1\n")
        let other = try Self.catalog(
            of: "# HELP hits_total Hits.\n# TYPE hits_total counter\nhits_total 2\n")
        for (target, catalog) in [first, first, other].enumerated() {
            board.note(catalog, ofTarget: target)
        }
        #expect(
            board.metadata == [
                "hits_total": [
                    MetricMetadata(type: "counter", help: "Answers."),
                    MetricMetadata(type: "counter", help: "Hits."),
                ]
            ])
    }

    @Test("what a target says now replaces what it said before")
    func replaced() throws {
        let board = FamilyBoard()
        board.note(try Self.catalog(of: "# TYPE a counter\na 1\n"), ofTarget: 0)
        board.note(try Self.catalog(of: "# TYPE a gauge\na 1\n"), ofTarget: 0)
        #expect(board.metadata == ["a": [MetricMetadata(type: "gauge")]])
    }
}
