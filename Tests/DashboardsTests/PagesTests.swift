import Terminal
import Testing
import TimeSeries

@testable import Dashboards

@Suite("Between pages")
struct PagesTests {
    private func press(_ state: inout DashboardState, _ keys: Key...) {
        for key in keys { _ = state.apply(.key(key)) }
    }

    private func command(_ text: String, _ state: inout DashboardState) -> [Effect] {
        _ = state.apply(.key(":"))
        for scalar in text.unicodeScalars { _ = state.apply(.key(.character(scalar))) }
        return state.apply(.key(.enter))
    }

    @Test("escape goes back the way that was come")
    func back() {
        var state = Fixture.state()
        press(&state, "A", "j", .enter)
        #expect(state.page == .service && state.selected == "ranker-eu")
        press(&state, .escape)
        #expect(state.page == .alerts)
        press(&state, "I", "D", .escape, .escape)
        #expect(state.page == .alerts)
        press(&state, .escape, .escape, .escape)
        #expect(state.page == .fleet)
    }

    @Test(
        "commands do what they say",
        arguments: [
            ("alerts", Page.alerts), ("al", .alerts), ("src", .sources), ("sources", .sources),
            ("svc fraud-score", .service), ("service FRAUD", .service), ("dash infer", .dashboard),
            ("dash", .dashboard), ("fleet", .fleet), ("filter p99>200", .fleet), ("  ", .fleet),
        ])
    func commands(_ text: String, _ page: Page) {
        var state = Fixture.state()
        _ = command(text, &state)
        #expect(state.page == page)
        #expect(state.prompt == nil, "\(state.prompt?.error ?? "")")
    }

    @Test("commands with something behind them")
    func arguments() {
        var state = Fixture.state()
        _ = command("svc fraud-score", &state)
        #expect(state.selected == "fraud-score")
        #expect(command("window 6h", &state) == [.load])
        #expect(state.window == .sixHours)
        #expect(command("theme light", &state) == [.useTheme("light")])
        _ = command("filter vision", &state)
        #expect(state.rows.map(\.name) == ["vision-tag"])
        _ = command("svc ranker-eu", &state)
        #expect(state.selected == "ranker-eu" && state.filter == nil)
        _ = command("sort p99", &state)
        #expect(state.sort == .p99 && state.page == .fleet)
        #expect(command("q", &state) == [.quit])
    }

    @Test(
        "a command that is none stays to be mended, and says what is expected",
        arguments: [
            ("nonsense", "no command 'nonsense': fleet svc"), ("window 3h", "no '3h': 1m  5m"),
            ("svc nobody", "no 'nobody': "), ("s", "svc src sort"), ("fleet x", "takes nothing"),
            ("filter p99>x", "expected a number"), ("theme", "theme: dark"),
        ])
    func mistakes(_ text: String, _ expected: String) {
        var state = Fixture.state()
        _ = command(text, &state)
        #expect(state.prompt?.text == text)
        #expect(state.prompt?.error?.contains(expected) == true, "\(state.prompt?.error ?? "")")
        _ = state.apply(.key(.escape))
        #expect(state.prompt == nil)
    }

    @Test(
        "tab completes as far as there is no choice",
        arguments: [
            ("al", "alerts"), ("da", "dash "), ("svc fr", "svc fraud-score"),
            ("window 1", "window 1"),
            ("dash i", "dash Inference"), ("xyz", "xyz"), ("service r", "service ranker-eu"),
        ])
    func completion(_ text: String, _ expected: String) {
        var state = Fixture.state()
        _ = state.apply(.key(":"))
        _ = state.apply(.paste(text))
        _ = state.apply(.key(.tab))
        #expect(state.prompt?.text == expected)
    }

    @Test("the arrow brings earlier commands back")
    func history() {
        var state = Fixture.state()
        for text in ["alerts", "window 1h", "fleet"] { _ = command(text, &state) }
        press(&state, ":", .up, .up)
        #expect(state.prompt?.text == "window 1h")
        press(&state, .down, .down)
        #expect(state.prompt?.text == "")
    }

    @Test("the time cursor moves by points, shows the figures of its time, and ends at now")
    func cursor() throws {
        var state = Fixture.state(Size(120, 40), page: .service, service: "ranker-eu")
        #expect(state.cursor == nil)
        press(&state, .right)
        #expect(state.cursor == nil)
        press(&state, .left, "h", "H")
        let grid = try #require(state.detail?.grid)
        #expect(state.cursor == grid.instant(at: grid.count - 13))
        let text = Fixture.text(state)
        #expect(text.contains("◆ AT 14:00:30 −2m1s"), "\(text.prefix(120))")
        #expect(text.contains("then "))
        let index = try #require(state.cursorIndex(in: grid))
        let p99 = try #require(state.detail?.summary.history.p99Seconds[index])
        #expect(text.contains("p99 \(Figures.seconds(p99))"))
        press(&state, "L", "l", .right)
        #expect(state.cursor == grid.end)
        press(&state, .left, "0")
        #expect(state.cursor == nil)
        press(&state, .left, .escape)
        #expect(state.cursor == nil && state.page == .service)
    }

    @Test("no dashboards: the key says why nothing happens")
    func none() {
        var state = Fixture.state(options: DashboardOptions())
        press(&state, "D")
        #expect(state.page == .fleet)
        #expect(Fixture.text(state).contains("dashboards: []"))
    }

    @Test("a long notice is wrapped, and none of its words is lost", arguments: [40, 80, 120])
    func notice(columns: Int) {
        var options = DashboardOptions()
        options.notice =
            "No mlmon.yaml here, and no metrics page answers at the well-known ports "
            + "of this machine. Write one (docs/configuration.md), or see the demo: mlmon demo"
        var state = DashboardState(options: options, size: Size(columns, 24), now: Fixture.now)
        let grid = TimeGrid(.minute, endingBefore: Fixture.now)
        _ = state.apply(
            .loaded(Snapshot(at: Fixture.now, grid: grid, services: [], alerts: [])))
        let words = Fixture.text(state).split { $0 == " " || $0 == "\n" }
        for word in options.notice?.split(separator: " ") ?? [] {
            #expect(words.contains(word), "\(word)")
        }
    }

    @Test("wrapping breaks at spaces, and words only where they must be")
    func wrapping() {
        #expect(DisplayText.wrapped("ab cd ef", to: 5) == ["ab cd", "ef"])
        #expect(DisplayText.wrapped("abcdefg h", to: 3) == ["abc", "def", "g h"])
        #expect(DisplayText.wrapped("a\n\nb", to: 9) == ["a", "", "b"])
        #expect(DisplayText.wrapped("日本語", to: 4) == ["日本", "語"])
        #expect(DisplayText.wrapped("日本", to: 1) == ["日", "本"])
        #expect(DisplayText.wrapped("x", to: 0).isEmpty)
    }
}
