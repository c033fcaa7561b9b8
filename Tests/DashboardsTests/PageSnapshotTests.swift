import Foundation
import Terminal
import Testing
import TimeSeries

@testable import Dashboards

/// Pages as text against `Snapshots/*.txt`. With MLMON_RECORD_SNAPSHOTS naming a folder, the
/// pictures are written there instead.
@Suite("Pages as text")
struct SnapshotTests {
    static let sizes = [Size(20, 5), Size(40, 12), Size(80, 24), Size(120, 40), Size(200, 60)]

    @Test("the fleet page is as it was seen and found good", arguments: sizes)
    func fleet(size: Size) throws {
        try compare("fleet-\(size.columns)x\(size.rows)", Fixture.state(size))
    }

    @Test("the service page is as it was seen and found good", arguments: sizes)
    func service(size: Size) throws {
        try compare(
            "service-\(size.columns)x\(size.rows)",
            Fixture.state(size, page: .service, service: "ranker-eu"))
    }

    @Test("the pages in ASCII hold no other character")
    func ascii() throws {
        var state = Fixture.state(Size(120, 40), page: .service, service: "ranker-eu")
        for _ in 0..<2 {
            let text = Fixture.text(state, ascii: true)
            #expect(text.utf8.allSatisfy { $0 < 0x7F })
            _ = state.apply(.key(.escape))
        }
    }

    @Test("the help lists every key")
    func help() throws {
        var state = Fixture.state(Size(120, 40))
        _ = state.apply(.key("?"))
        let text = Fixture.text(state)
        for binding in KeyTable.bindings {
            #expect(text.contains(binding.help.prefix(30)), "\(binding.help)")
        }
        try compare("help-120x40", state)
    }

    private func compare(_ name: String, _ state: DashboardState) throws {
        let text = Fixture.text(state) + "\n"
        if let folder = ProcessInfo.processInfo.environment["MLMON_RECORD_SNAPSHOTS"] {
            try text.write(toFile: "\(folder)/\(name).txt", atomically: true, encoding: .utf8)
            return
        }
        let url = try #require(
            Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Snapshots"))
        let expected = try String(contentsOf: url, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let known = expected.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == known.count)
        for (row, (line, known)) in zip(lines, known).enumerated() {
            #expect(line == known, "row \(row) of \(name)")
        }
    }
}
