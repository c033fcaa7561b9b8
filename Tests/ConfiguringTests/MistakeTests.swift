import Testing

@testable import Configuring

@Suite("Mistakes of a configuration are located")
struct MistakeTests {
    @Test("in the file itself", arguments: configurationCases)
    func configuration(_ sample: MistakeCase) throws {
        let workspace = try Workspace(["mlmon.yaml": sample.text])
        sample.check(workspace.mistakes())
    }

    @Test("in rule files", arguments: ruleCases)
    func rules(_ sample: MistakeCase) throws {
        let workspace = try Workspace([
            "mlmon.yaml": "rules: [r.yaml]\n", "r.yaml": sample.text,
        ])
        sample.check(workspace.mistakes())
    }

    @Test("in preset files", arguments: presetCases)
    func presets(_ sample: MistakeCase) throws {
        let workspace = try Workspace([
            "mlmon.yaml": "presets: p.yaml\n", "p.yaml": sample.text,
        ])
        sample.check(workspace.mistakes())
    }

    @Test("in dashboard files", arguments: dashboardCases)
    func dashboards(_ sample: MistakeCase) throws {
        let workspace = try Workspace([
            "mlmon.yaml": "dashboards: d.yaml\n", "d.yaml": sample.text,
        ])
        sample.check(workspace.mistakes())
    }

    @Test("in all files at once, file by file")
    func allFiles() throws {
        let workspace = try Workspace([
            "mlmon.yaml": "stor: {path: x}\nrules: [rules/*.yaml]\npresets: p.yaml\n",
            "rules/a.yaml": "groups:\n  - name: a\n    rules:\n      - {alert: A, expr: 'up =='}\n",
            "rules/b.yaml": "groups: 7\n",
            "p.yaml": "name: x\ntitle: X\nsignals: {request: x_total}\n",
        ])
        #expect(
            workspace.mistakes().map { $0.prefix { $0 != " " } }
                == ["mlmon.yaml:1:1:", "p.yaml:3:11:", "rules/a.yaml:4:32:", "rules/b.yaml:1:9:"])
    }

    @Test("when the file does not exist, is a folder, empty, or no text")
    func unreadable() throws {
        let workspace = try Workspace()
        #expect(
            workspace.mistakes() == ["mlmon.yaml: cannot read the configuration: no such file"])
        try workspace.write("", to: "mlmon.yaml")
        #expect(workspace.mistakes() == ["mlmon.yaml: the file is empty"])
        try workspace.write([0x61, 0xFF, 0xFE], to: "mlmon.yaml")
        #expect(workspace.mistakes() == ["mlmon.yaml: the file is not UTF-8 text"])
        try workspace.write("store: {path: a\u{0}b}\n", to: "mlmon.yaml")
        #expect(
            workspace.mistakes() == [
                "mlmon.yaml:1:16: a control character, which YAML does not allow"
            ])
    }

    @Test("and a folder is no configuration")
    func folder() throws {
        let workspace = try Workspace(["mlmon.yaml/inner": ""])
        #expect(
            workspace.mistakes() == ["mlmon.yaml: cannot read the configuration: it is a folder"])
    }

    @Test("also where more keys are repeated than can be listed")
    func manyDuplicates() throws {
        let text = (100..<300).map { "k\($0): 1\nk\($0): 2\n" }.joined()
        let mistakes = try Workspace(["mlmon.yaml": text]).mistakes()
        #expect(mistakes == ["mlmon.yaml:201:1: duplicate key 'k200', one of too many to list"])
    }

    @Test("with the lines of Windows too")
    func carriageReturns() throws {
        let workspace = try Workspace([
            "mlmon.yaml": "store: {}\r\nscrape:\r\n  intervall: 5s\r\nstore: {}\r\n"
        ])
        #expect(
            workspace.mistakes() == [
                "mlmon.yaml:3:3: unknown key 'intervall' in 'scrape'; did you mean 'interval'?",
                "mlmon.yaml:4:1: duplicate key 'store'; first given in line 1",
            ])
    }

    @Test("in secret files, whose content is never shown")
    func secretFiles() throws {
        let workspace = try Workspace([
            "two.txt": "hunter2\nmore\n", "empty.txt": "\n",
            "mlmon.yaml": """
            services:
              - {name: a, url: "http://x:1/", bearer_token_file: two.txt}
              - {name: b, url: "http://x:2/", bearer_token_file: empty.txt}
              - {name: c, url: "http://x:3/", bearer_token_file: .}

            """,
        ])
        #expect(
            workspace.mistakes() == [
                "mlmon.yaml:2:54: bearer_token_file: 'two.txt' does not hold one line of text",
                "mlmon.yaml:3:54: bearer_token_file: 'empty.txt' does not hold one line of text",
                "mlmon.yaml:4:54: bearer_token_file: cannot read '.': it is a folder",
            ])
    }

    @Test("and secrets of the environment never reach a message")
    func secretsAreNotShown() throws {
        let workspace = try Workspace([
            "mlmon.yaml": "scrape: {interval: \"${TOKEN}\"}\n"
        ])
        #expect(
            workspace.mistakes(environment: ["TOKEN": "hunter2"]) == [
                "mlmon.yaml:1:20: interval is '${TOKEN}', expected a duration, like 30s, 5m or 1h30m"
            ])
    }

    @Test("and a hostile document ends soon, with a message", arguments: hostileDocuments)
    func hostile(_ text: String) throws {
        let workspace = try Workspace(["mlmon.yaml": text])
        let mistakes = workspace.mistakes()
        #expect(!mistakes.isEmpty)
        #expect(mistakes.count <= DiagnosticLog.maximumCount)
        let isShort = mistakes.allSatisfy { $0.utf8.count < 2000 }
        #expect(isShort)
    }

    @Test("and what nests too deeply is said in words of the file", arguments: ["[", "{a: ", "- "])
    func nesting(_ opening: String) throws {
        let text =
            "store: " + (opening == "- " ? "\n  " : "")
            + String(repeating: opening, count: 5000)
        let workspace = try Workspace(["mlmon.yaml": text])
        #expect(workspace.mistakes().first?.hasSuffix("not valid YAML: nested too deeply") == true)
    }
}

private let hostileDocuments: [String] = [
    // Nine levels of nine aliases: 9⁹ values when unfolded.
    "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + zip("bcdefghi", "abcdefgh").map { name, previous in
            "\(name): &\(name) ["
                + Array(repeating: "*\(previous)", count: 9).joined(separator: ", ")
                + "]\n"
        }.joined(),
    // The same, used as a key.
    "a: &a [x, x]\n"
        + zip("bcdefghijkl", "abcdefghijk").map { "\($0): &\($0) [*\($1), *\($1)]\n" }.joined()
        + "? *l\n: 1\n",
    String(repeating: "[", count: 5000),
    String(repeating: "{a: ", count: 5000),
    String(repeating: "- ", count: 5000),
    String(repeating: "x", count: 3 << 20),
    "services: [" + String(repeating: "7, ", count: 50_000) + "]\n",
    (0..<500).map { "k\($0): 1\nk\($0): 2\n" }.joined(),
    "\u{1B}[31mred: 1\n",
    "store: {path: \"\\e[31m\"}\n",
    "a: *unknown\n",
]
