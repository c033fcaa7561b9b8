import Terminal
import Testing

@testable import Dashboards

@Suite("Keys")
struct KeyTableTests {
    @Test("a key has one meaning on a page", arguments: Page.allCases)
    func unique(page: Page) {
        var seen: [Key: Action] = [:]
        for binding in KeyTable.bindings where binding.pages.contains(page) {
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
