import Testing

@testable import Terminal

@Suite("Themes")
struct ThemeTests {
    @Test("every theme but mono has a colour for every role", arguments: Theme.all.map(\.name))
    func complete(name: String) throws {
        let theme = try #require(Theme.named(name))
        guard !theme.isMono else { return }
        let plain: Set<Role> = [.canvas, .bar, .text]
        for role in Role.allCases where !plain.contains(role) {
            #expect(theme.color(role, depth: .indexed) >= 0, "\(role)")
            #expect((0...15).contains(theme.color(role, depth: .sixteen)), "\(role)")
            #expect((0...7).contains(theme.color(role, depth: .eight)), "\(role)")
            #expect(theme.color(role, depth: .mono) == -1)
        }
    }

    @Test("states differ from each other and from the background in every theme")
    func distinct() {
        for theme in Theme.all where !theme.isMono {
            let states = [Role.ok, .warn, .crit, .stale].map { theme.color($0, depth: .indexed) }
            #expect(Set(states).count == states.count, "\(theme.name)")
            #expect(!states.contains(theme.color(.canvas, depth: .indexed)), "\(theme.name)")
        }
    }

    @Test(
        "colour depth follows the terminal and NO_COLOR",
        arguments: [
            (256, [:], ColorDepth.indexed), (8, [:], .eight), (16, [:], .sixteen),
            (0, [:], .mono), (-1, [:], .mono), (256, ["NO_COLOR": "1"], .mono),
            (256, ["NO_COLOR": ""], .indexed),
        ] as [(Int, [String: String], ColorDepth)])
    func depth(count: Int, environment: [String: String], depth: ColorDepth) {
        #expect(ColorDepth(colorCount: count, environment: environment) == depth)
    }

    @Test("ramps clamp at both ends")
    func ramps() {
        #expect(Role.heat(-3) == .heat0)
        #expect(Role.heat(99) == .heat12)
        #expect(Role.calm(99) == .calm9)
        #expect(Role.flow(2) == .flow2)
        #expect(Role.fault(4) == .fault4)
    }
}
