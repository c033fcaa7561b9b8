import Terminal
import Testing
import TimeSeries

@testable import Dashboards

@Suite("State")
struct StateTests {
    private func press(_ state: inout DashboardState, _ keys: Key...) -> [Effect] {
        keys.flatMap { state.apply(.key($0)) }
    }

    @Test("the worst service comes first and is selected")
    func worstFirst() {
        let state = Fixture.state()
        #expect(state.rows.map(\.health) == state.rows.map(\.health).sorted())
        #expect(state.selected == "search-rerank")
    }

    @Test("the selection moves, stops at both ends, and stays with its service")
    func selection() {
        var state = Fixture.state()
        _ = press(&state, "k")
        #expect(state.selectedRow == 0)
        _ = press(&state, "j", .down)
        #expect(state.selectedRow == 2)
        let name = state.selected
        _ = press(&state, "s")
        #expect(state.selected == name)
        _ = press(&state, "G")
        #expect(state.selectedRow == state.rows.count - 1)
        _ = press(&state, .down, .pageDown, .control("d"))
        #expect(state.selectedRow == state.rows.count - 1)
        _ = press(&state, "g")
        #expect(state.selectedRow == 0)
    }

    @Test("the table scrolls to keep the selection in sight", arguments: [8, 10, 12, 14])
    func scrolling(rows: Int) {
        var state = Fixture.state(Size(60, rows))
        for key: Key in ["j", "j", "j", "j", "j", "j", "k", "k", "k", "G", "g"] {
            _ = press(&state, key)
            let text = Fixture.text(state)
            #expect(text.contains("▸"), "the mark is on the page after \(key)")
        }
    }

    @Test("enter opens, escape goes back out, and what is asked of the store follows")
    func opening() {
        var state = Fixture.state()
        #expect(state.request.service == nil)
        #expect(press(&state, "j", .enter) == [.load])
        #expect(state.page == .service && state.request.service == "ranker-eu")
        #expect(press(&state, "1") == [])
        #expect(state.expanded == 1)
        #expect(press(&state, .tab) == [])
        #expect(state.expanded == 2)
        #expect(press(&state, .escape) == [])
        #expect(state.expanded == nil && state.page == .service)
        #expect(press(&state, .escape) == [.load])
        #expect(state.page == .fleet)
        #expect(press(&state, .escape) == [])
    }

    @Test("on a wide screen moving in the list asks for the service beside it")
    func masterDetail() {
        var state = Fixture.state(Size(200, 60))
        #expect(state.request.service == "search-rerank")
        #expect(press(&state, "j") == [.load])
        #expect(state.request.service == "ranker-eu")
        #expect(state.detail == nil, "another service's detail is not shown for it")
    }

    @Test("zoom steps through the windows and stops at both ends")
    func zoom() {
        var state = Fixture.state(page: .service, service: "ranker-eu")
        #expect(state.window == .fifteenMinutes)
        #expect(press(&state, "+") == [.load])
        #expect(state.window == .fiveMinutes)
        #expect(press(&state, "+") == [])
        for expected in [TimeWindow.fifteenMinutes, .hour, .sixHours, .day, .week, .week] {
            _ = press(&state, "-")
            #expect(state.window == expected)
        }
        #expect(state.fleetWindow == .fifteenMinutes)
    }

    @Test("a paused picture stays, counts what waits, and shows the newest when it goes on")
    func pausing() {
        var state = Fixture.state()
        _ = press(&state, " ")
        var newer = Fixture.snapshot(state.request)
        newer.services.removeLast()
        _ = state.apply(.loaded(Fixture.snapshot(state.request)))
        _ = state.apply(.loaded(newer))
        _ = state.apply(.tick(Fixture.now + .seconds(180)))
        #expect(state.snapshot?.services.count == 7)
        let text = Fixture.text(state)
        #expect(text.contains("⏸ PAUSED 14:02:31 −3m"))
        #expect(text.contains("2 updates waiting"))
        _ = press(&state, " ")
        #expect(state.snapshot?.services.count == 6)
        #expect(!state.isPaused && state.waitingCount == 0)
    }

    @Test("help closes with any key, and q quits from everywhere but a filter")
    func help() {
        var state = Fixture.state()
        _ = press(&state, "?")
        #expect(state.isHelpShown)
        #expect(press(&state, "j") == [])
        #expect(!state.isHelpShown && state.selectedRow == 0)
        #expect(press(&state, "?", "q") == [.quit])
        var other = Fixture.state(Size(1, 1))
        #expect(press(&other, "q") == [.quit])
        #expect(press(&state, "/", "q") == [])
        #expect(state.filterDraft == "q")
    }

    @Test("themes follow each other round")
    func themes() {
        var state = Fixture.state()
        var seen: [Effect] = []
        for _ in Theme.all { seen += press(&state, "T") }
        #expect(Set(seen).count == Theme.all.count)
        #expect(state.themeName == "dark")
    }

    @Test("pasted text goes into a filter and nowhere else")
    func paste() {
        var state = Fixture.state()
        #expect(state.apply(.paste("q")) == [])
        _ = press(&state, "/")
        _ = state.apply(.paste("ran\u{1B}[2Jker\n"))
        #expect(state.filterDraft == "ran[2Jker ")
    }

    @Test("unknown keys and any order of keys never trap")
    func fuzz() {
        var state = Fixture.state(Size(90, 20))
        let keys: [Key] =
            KeyTable.bindings.flatMap(\.keys).filter { $0 != "q" } + [
                "x", "Z", .function(5), .delete, .backtab, .left, .right, .backspace,
            ]
        var seed: UInt64 = 42
        for _ in 0..<3_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            _ = state.apply(.key(keys[Int(seed >> 33) % keys.count]))
            if seed >> 60 == 0 { _ = state.apply(.loaded(Fixture.snapshot(state.request))) }
        }
        #expect(Frame(state, traits: .init()).canvas.size == Size(90, 20))
    }
}

@Suite("Keys")
struct KeyTableTests {
    @Test("a key has one meaning on a page", arguments: Page.allCases)
    func unique(page: Page) {
        var seen: [Key: Action] = [:]
        for binding in KeyTable.bindings where binding.page == nil || binding.page == page {
            for key in binding.keys {
                #expect(seen[key] == nil, "\(key) is \(binding.action) and \(seen[key] ?? .quit)")
                seen[key] = binding.action
            }
        }
    }

    @Test("a key that acts on both pages means the same on both")
    func sameEverywhere() {
        for key in KeyTable.bindings.flatMap(\.keys) {
            let actions = Page.allCases.compactMap { KeyTable.action(for: key, on: $0) }
            #expect(Set(actions).count == 1, "\(key)")
        }
    }

    @Test("^A and ^B are left to tmux and screen, and nothing destructive is bound")
    func left() {
        for page in Page.allCases {
            #expect(KeyTable.action(for: .control("a"), on: page) == nil)
            #expect(KeyTable.action(for: .control("b"), on: page) == nil)
        }
    }

    @Test("the footer keeps help and quit at any width", arguments: [24, 40, 60, 80, 200])
    func footer(columns: Int) {
        let lines = Fixture.text(Fixture.state(Size(columns, 20))).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.last?.contains("q quit") == true, "\(lines.last ?? "")")
    }
}

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
