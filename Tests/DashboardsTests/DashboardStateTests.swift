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
        #expect(press(&state, "+") == [.load])
        #expect(state.window == .minute)
        #expect(press(&state, "+") == [])
        for expected in [
            TimeWindow.fiveMinutes, .fifteenMinutes, .hour, .sixHours, .day, .week, .week,
        ] {
            _ = press(&state, "-")
            #expect(state.window == expected)
        }
        #expect(state.fleetWindow == nil)
    }

    @Test("a window nobody chose is that of the picture, is said to be, and zooms from there")
    func fittedWindow() {
        var state = Fixture.state()
        var young = Fixture.snapshot(state.request)
        young.window = .minute
        young.grid = TimeGrid(.minute, endingBefore: Fixture.now)
        _ = state.apply(.loaded(young))
        #expect(state.request.fleetWindow == nil)
        #expect(state.window == .minute)
        #expect(Fixture.text(state).contains("-1m → now (all there is)"))
        #expect(press(&state, "-") == [.load])
        #expect(state.request.fleetWindow == .fiveMinutes)
        #expect(!Fixture.text(state).contains("all there is"))
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

    @Test("what is filtered out or gone does not stay selected")
    func vanished() {
        var state = Fixture.state(Size(200, 60))
        _ = press(&state, "/", "v", "i", "s", "i", "o", "n", .enter)
        #expect(state.selected == "vision-tag")
        #expect(state.request.service == "vision-tag")
        _ = press(&state, .escape, .enter)
        #expect(state.page == .service)
        var snapshot = Fixture.snapshot(state.request)
        snapshot.services.removeAll { $0.name == "vision-tag" }
        _ = state.apply(.loaded(snapshot))
        #expect(state.selected == "search-rerank")
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
