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

    @Test("a dashboard is as it was seen and found good", arguments: sizes)
    func dashboard(size: Size) throws {
        try compare(
            "dashboard-\(size.columns)x\(size.rows)", Fixture.state(size, page: .dashboard))
    }

    @Test("alerts and sources are as they were seen and found good", arguments: sizes.dropFirst())
    func lists(size: Size) throws {
        let name = "\(size.columns)x\(size.rows)"
        try compare("alerts-\(name)", Fixture.state(size, page: .alerts))
        try compare("sources-\(name)", Fixture.state(size, page: .sources))
    }

    @Test("the help lists every key of its page", arguments: Page.allCases)
    func help(page: Page) throws {
        for size in [Size(120, 40), Size(80, 24)] {
            var state = Fixture.state(size, page: page)
            _ = state.apply(.key("?"))
            var text = Fixture.text(state)
            for _ in 0..<50 {
                _ = state.apply(.key(.down))
                text += Fixture.text(state)
            }
            for binding in KeyTable.bindings where binding.pages.contains(page) {
                #expect(text.contains(binding.help.prefix(60)), "\(binding.help)")
            }
        }
        if page == .service {
            var state = Fixture.state(Size(120, 40), page: page)
            _ = state.apply(.key("?"))
            try compare("help-120x40", state)
        }
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
