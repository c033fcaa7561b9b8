import Terminal
import Testing
import TimeSeries

@testable import Dashboards

@Suite("Frames")
struct FrameTests {
    @Test("every size is drawn, on both pages, with every panel and the help")
    func anySize() {
        var state = Fixture.state(page: .fleet, service: "ranker-eu")
        let columns = [
            0, 1, 2, 5, 9, 15, 19, 20, 21, 30, 39, 40, 59, 60, 80, 99, 100, 120, 159, 160, 300,
        ]
        let rows = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 23, 24, 26, 30, 40, 80]
        for column in columns {
            for row in rows {
                let size = Size(column, row)
                for page in Page.allCases {
                    state.page = page
                    _ = state.apply(.resize(size))
                    for expanded in [nil, 1, 4, 6] {
                        state.expanded = page == .service ? expanded : nil
                        let canvas = Frame(state, traits: .init()).canvas
                        #expect(canvas.size == size)
                    }
                }
                state.isHelpShown = true
                #expect(Frame(state, traits: .init()).canvas.size == size)
                state.isHelpShown = false
            }
        }
    }

    @Test("one line says what matters most where there is room for no more")
    func oneLine() {
        let text = Fixture.text(Fixture.state(Size(40, 2)))
        #expect(text.hasPrefix("▲2 ○1 search-rerank DOWN"))
    }

    @Test("what cannot be trusted reaches the canvas without its controls")
    func hostile() {
        var state = Fixture.state(Size(100, 30))
        var snapshot = Fixture.snapshot(state.request)
        let evil = "\u{1B}[2J\u{1B}]0;x\u{07}evil\u{202E}\r\nname"
        snapshot.services[0].name = evil
        snapshot.services[0].reason = evil
        snapshot.services[1].versions[0].version = evil
        snapshot.alerts[0].summary = evil
        snapshot.alerts[0].service = evil
        _ = state.apply(.loaded(snapshot))
        for cell in Frame(state, traits: .init()).canvas.cells where !cell.isContinuation {
            let value = cell.glyph.value
            #expect(value >= 0x20 && !(0x7F..<0xA0).contains(value) && value != 0x202E)
        }
    }

    @Test("unknown is a dash and never a zero")
    func unknown() throws {
        let text = Fixture.text(Fixture.state(Size(120, 40)))
        let row = try #require(text.split(separator: "\n").first { $0.contains("price-elast") })
        #expect(row.contains("~10.2ms"), "a mean is marked as one")
        #expect(row.contains("—"))
        let dead = try #require(text.split(separator: "\n").first { $0.contains("search-rerank") })
        #expect(dead.contains("down, tried 2s ago — connection refused"))
        #expect(!dead.contains(" 0 "))
    }

    @Test("the header says that the fleet is simulated, and that the store is another's")
    func marks() {
        let options = DashboardOptions(isSimulated: true, isAttached: true)
        let header = Fixture.text(Fixture.state(options: options)).split(separator: "\n")[0]
        #expect(header.contains("SIMULATED"))
        #expect(header.contains("attached read-only"))
        #expect(header.contains("14:02:31 UTC"))
    }

    @Test("an empty fleet shows the notice instead of a table")
    func notice() {
        let options = DashboardOptions(notice: "nothing answers\nwrite mlmon.yaml")
        var state = DashboardState(options: options, size: Size(80, 24), now: Fixture.now)
        #expect(Fixture.text(state).contains("reading the store"))
        let grid = TimeGrid(.hour, endingBefore: Fixture.now)
        _ = state.apply(.loaded(Snapshot(at: Fixture.now, grid: grid, services: [], alerts: [])))
        let text = Fixture.text(state)
        #expect(text.contains("no services yet"))
        #expect(text.contains("write mlmon.yaml"))
    }

    @Test("a store that cannot be read is said, and the last picture stays")
    func failure() {
        var state = Fixture.state()
        _ = state.apply(.failed("database is locked"))
        let text = Fixture.text(state)
        #expect(text.contains("✗ STORE"))
        #expect(text.contains("database is locked"))
        #expect(text.contains("ranker-eu"))
    }

    @Test("a learning reference and too few observations are said in words")
    func learning() throws {
        var state = Fixture.state(page: .service, service: "ranker-eu")
        for (drift, note) in [
            (DriftState.learning, "learning the reference, 1m20s of 2m"),
            (.insufficient, "n = 12 of 50 needed"),
        ] {
            var distribution = Fixture.distributions[0]
            distribution.state = drift
            distribution.note = note
            state.snapshot?.detail?.distributions = [distribution]
            #expect(Fixture.text(state).contains(note))
        }
    }
}
