import TestSupport
import Testing

@testable import Querying

@Suite("Regular expressions")
struct PatternTests {
    /// Pattern, text, whether the whole text matches; as RE2 answers with `^(?s:…)$`.
    private static let cases: [(String, String, Bool)] = [
        ("", "", true), ("", "a", false), ("abc", "abc", true), ("abc", "abcd", false),
        ("a|b|c", "b", true), ("a|b|c", "ab", false), ("a|", "", true), ("(a|b)c", "bc", true),
        ("a*", "", true), ("a*", "aaaa", true), ("a+", "", false), ("a?b", "b", true),
        (".*", "anything\nat all", true), (".+", "", false), ("a.c", "a\nc", true),
        ("(?-s)a.c", "a\nc", false), ("foo.*", "foobar", true), (".*bar", "foobar", true),
        ("foo.*bar", "foo-x-bar", true), ("foo.*bar", "foobarx", false),
        ("[a-c]+", "abcabc", true), ("[^a-c]+", "xyz", true), ("[^a-c]+", "xaz", false),
        ("[]a]+", "]a", true), ("[a-]+", "a-a", true), ("[\\d_]+", "1_2", true),
        ("[[:alpha:]]+", "abC", true), ("[[:^digit:]]+", "ab1", false), ("\\d{3}", "123", true),
        ("\\d{3}", "12", false), ("\\d{2,}", "12345", true), ("\\d{2,3}", "1234", false),
        ("a{0}", "", true), ("a{,2}", "a{,2}", true), ("x{2", "x{2", true),
        ("\\w+@\\w+\\.com", "me@here.com", true), ("\\w+\\.com", "herexcom", false),
        ("(?i)abc", "aBC", true), ("(?i:a)b", "AB", false), ("(?i)straße", "STRASSE", false),
        ("(?i)ü", "Ü", true), ("^abc$", "abc", true), ("a^b", "ab", false), ("a$b", "ab", false),
        ("\\Aab\\z", "ab", true), ("(^a|b)c", "ac", true), ("(^a|b)c", "bc", true),
        ("(?m)a$\n^b", "a\nb", true), ("a$\n^b", "a\nb", false), ("foo\\b.*", "foo bar", true),
        ("foo\\b.*", "foobar", false), ("fo\\Bo", "foo", true), ("\\x41\\x{1F600}", "A😀", true),
        ("\\101", "A", true), ("\\Qa.b\\E.", "a.bc", true), ("\\Qa.b", "a.b", true),
        ("ü+", "üü", true), ("[ä-ü]", "ö", true), ("\\pL+", "Größe", true), ("\\PL", "1", true),
        ("\\p{Lu}\\p{Ll}", "Aa", true), ("\\p{^Lu}", "A", false), ("(?P<x>a)(?<y>b)", "ab", true),
        ("(a*)*", "aaa", true), ("(a*)+b", "aaab", true), ("(a|aa)+", "aaaaa", true),
        ("(?:)", "", true), ("a??b", "ab", true), ("(?U)a+", "aa", true), ("\\.", ".", true),
        ("[.]", "x", false), ("\\/", "/", true), ("(x+x+)+y", "xxxxxxxxy", true),
        ("5..|429", "503", true), ("5..|429", "429", true), ("5..|429", "404", false),
    ]

    @Test("match as RE2 does", arguments: cases)
    func matches(pattern: String, text: String, expected: Bool) throws {
        #expect(try Pattern(pattern).matches(text) == expected)
    }

    @Test("the automaton and the simulation agree", arguments: cases)
    func agreement(pattern: String, text: String, expected: Bool) throws {
        var parser = PatternParser(pattern)
        let node = try parser.parse()
        let program = try PatternProgram(node, captureCount: parser.captureCount)
        var simulation = PatternSimulation(program, capturing: true)
        let automaton = PatternAutomaton(program)
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            #expect((simulation.match(bytes) != nil) == expected)
            if let automaton { #expect(automaton.matches(bytes) == expected) }
        }
    }

    @Test(
        "refuse what RE2 refuses",
        arguments: [
            "(", ")", "a)", "[", "[a", "[b-a]", "*", "a**", "+a", "a{2,1}", "a{1001}", "\\", "\\8",
            "\\1", "(?=a)", "(?<!a)", "(?P<a>x)(?P<a>y)", "(?P<>x)", "(?x)", "\\p{Nonsense}",
            "[[:nope:]]", "\\x{110000}", "(?", "(?P", "(?P<", "\\C", "[\\", "\\xG1",
            "((((a){1000}){1000}){1000}){1000}",
            "(?:(?:(?:(?:){1000}){1000}){1000}){1000}",
        ])
    func refused(pattern: String) {
        #expect(throws: QueryError.self) { try Pattern(pattern) }
    }

    @Test("captures are those of the preferred match")
    func captures() throws {
        func expand(_ pattern: String, _ template: String, _ text: String) throws -> String? {
            try Pattern(pattern).expand(template, matching: text)
        }
        #expect(try expand("(.*):(.*)", "$2-$1", "host:80") == "80-host")
        #expect(try expand("(a+)(a*)", "$1|$2", "aaa") == "aaa|")
        #expect(try expand("(a+?)(a*)", "$1|$2", "aaa") == "a|aa")
        #expect(try expand("(a)|(b)", "[$1$2$3]", "b") == "[b]")
        #expect(try expand("(?P<all>.*)", "${all}x $all. $$ $ ${", "é") == "éx é. $ $ ${")
        #expect(try expand("plain", "$0!", "plain") == "plain!")
        #expect(try expand("(x)", "$1x", "x") == "")
        #expect(try expand("x", "y", "z") == nil)
    }

    @Test("literals and prefixes are found for the index")
    func hints() throws {
        #expect(try Pattern("a|b(c|d)").literals == ["a", "bc", "bd"])
        #expect(try Pattern("a.*").literals == nil)
        #expect(try Pattern("(?i)a").literals == nil)
        #expect(try Pattern("host-.*").prefix == "host-")
        #expect(try Pattern("^host-1(a|b).*").prefix == "host-1")
        let matcher = try LabelMatcher(name: "x", .matches, value: "a|b")
        #expect(matcher.candidateValues == ["a", "b"])
        #expect(matcher.matches(["x": "b"]) && !matcher.matches(["x": "c"]))
        let negative = try LabelMatcher(name: "x", .notMatches, value: "a|")
        #expect(negative.candidateValues == nil && !negative.matchesEmpty)
    }

    @Test(
        "hostile patterns end soon",
        arguments: [
            "(a*)*b", "(a|a)*b", "(a?){200}a{200}", "(.*)(.*)(.*)(.*)(.*)(.*)x", "(x+x+)+y",
            "([ab]*a[ab]{14})", "(.*a){20}", "((a{0,30}){0,30})b",
        ])
    func hostile(pattern: String) throws {
        let text = String(repeating: "a", count: 3000)
        let start = ContinuousClock.now
        _ = try Pattern(pattern).matches(text)
        _ = try Pattern(pattern).expand("$1", matching: String(repeating: "a", count: 300))
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test("a large alternation is a set")
    func alternation() throws {
        let pattern = try Pattern((0..<5000).map { "value-\($0)" }.joined(separator: "|"))
        #expect(pattern.literals?.count == 5000)
        #expect(pattern.matches("value-4999") && !pattern.matches("value-5000"))
    }

    @Test("random patterns never crash, and both machines agree", arguments: 0..<300)
    func random(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let pieces = [
            "a", "b", ".", "*", "+", "?", "(", ")", "|", "[", "]", "^", "$", "{2}", "\\", "b", "-",
            "(?i)", "\\w", "ü",
        ]
        for _ in 0..<40 {
            let text = (0..<Int.random(in: 0...8, using: &generator))
                .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            var parser = PatternParser(text)
            guard let node = try? parser.parse(),
                let program = try? PatternProgram(node, captureCount: parser.captureCount),
                let automaton = PatternAutomaton(program)
            else { continue }
            for subject in ["", "a", "ab", "bü", "aabb", "A-b"] {
                var simulation = PatternSimulation(program, capturing: false)
                Array(subject.utf8).withUnsafeBufferPointer { bytes in
                    #expect(
                        automaton.matches(bytes) == (simulation.match(bytes) != nil),
                        "\(text) on \(subject)")
                }
            }
        }
    }
}
