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
            (256, ["NO_COLOR": ""], .indexed), (16_777_216, [:], .direct),
            (16_777_216, ["NO_COLOR": "1"], .mono),
        ] as [(Int, [String: String], ColorDepth)])
    func depth(count: Int, environment: [String: String], depth: ColorDepth) {
        #expect(ColorDepth(colorCount: count, environment: environment) == depth)
    }

    @Test("24-bit colours are never mistaken for those of the palette")
    func direct() {
        for theme in [Theme.dark, .light, .highContrast] {
            for role in Role.allCases {
                let color = theme.color(role, depth: .direct)
                #expect((16...0xFF_FF_FF).contains(color), "\(theme.name) \(role)")
            }
        }
        // The palette of people who chose it with care.
        let roles = Role.allCases
        #expect(
            roles.map { Theme.terminal.color($0, depth: .direct) }
                == roles.map { Theme.terminal.color($0, depth: .indexed) })
        #expect(Palette.direct(196) == 0xFF_00_00)
        #expect(Palette.direct(16) == 0x01_01_01)
        #expect(Palette.direct(233) == 0x12_12_12)
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
