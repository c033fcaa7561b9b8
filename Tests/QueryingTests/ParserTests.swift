import Testing
import TimeSeries

@testable import Querying

@Suite("Parser")
struct ParserTests {
    @Test(
        "prints what parses to the same expression",
        arguments: [
            "foo", "foo{a=\"b\"}", "{a=\"b\",__name__=~\"x.*\"}", "foo{a!~'b'} offset 5m",
            "foo @ 1.5 offset -1h30m", "foo[5m] @ start()", "rate(foo[5m:30s] @ end() offset 1d)",
            "-foo ^ 2", "-(1)", "(-1) ^ 2", "1 - -1", "sum by (a, b) (foo)", "sum(foo) without (x)",
            "topk(3, foo)", "count_values(\"x y\", foo)", "a + on (x) group_left (y) b",
            "a / ignoring (x) group_right b", "a == bool 1", "a and ignoring () b", "a or on () b",
            "label_replace(foo, \"a\", \"\\\"$1\\n\", 'b', `c\\d`)",
            "{\"weird name\",\"a b\"=\"c\"}",
            "sum by (\"a b\") (foo)", "1e30", "Inf", "-Inf", "NaN", "0x1F", "5m", "sum", "by",
            "sum{a=\"b\"}", "foo{inf=\"1\",on=\"2\",by!=\"\"}", "start", "vector(1)[5m:1m]",
            "\"text\"",
            "time()", "absent(foo{a=\"b\"} > 2)", "1 + 2 * 3 - 4 / 5 % 6 ^ 7 ^ 8", "a atan2 b",
            "a:b:c{d=\"e\"}", ":x", "{\"inf\"}", "foo[5m1s]", "foo[1y2w3d4h5m6s7ms]", "+foo",
            "quantile(0.9, foo) by (x)", "a unless b or c and d", "{__name__=\"\",a=\"b\"}",
            "{__name__!=\"bar\",a=\"b\"}", "sum(sum_over_time((foo)[5m:]))", "(foo)",
            "((foo))[5m:]",
        ])
    func roundTrip(text: String) throws {
        let expression = try QueryExpression(parsing: text)
        let printed = expression.description
        #expect(try QueryExpression(parsing: printed) == expression, "\(printed)")
    }

    @Test(
        "random expressions print to themselves, evaluate without a crash, and survive damage",
        arguments: 0..<80)
    func randomExpressions(seed: Int) throws {
        var random = RandomExpression(seed: UInt64(seed))
        let source = MemorySource([
            Series(
                labels: ["__name__": "a", "k": "1", "le": "1"], timestamps: [0, 1000, 2000],
                values: [1, .nan, 3]),
            Series(
                labels: ["__name__": "b", "k": "1", "le": "+Inf"], timestamps: [0, 1000, 2000],
                values: [.infinity, .staleMarker, -1e300]),
        ])
        let engine = QueryEngine(limits: QueryLimits(maximumSamples: 200_000))
        for _ in 0..<20 {
            let text = random.vector(depth: 4)
            // Joined without parentheses, some halves do not fit each other.
            guard let expression = try? QueryExpression(parsing: text) else { continue }
            let printed = expression.description
            #expect((try? QueryExpression(parsing: printed)) == expression, "\(text): \(printed)")
            _ = try? engine.instant(expression, at: Timestamp(milliseconds: 2000), over: source)
            _ = try? engine.range(
                expression, start: Timestamp(milliseconds: -1000),
                end: Timestamp(milliseconds: 3000), step: .milliseconds(700), over: source)
            _ = try? QueryExpression(parsing: random.damaged(text))
        }
    }

    @Test(
        "names the place of a mistake and what was expected",
        arguments: [
            ("", "1:1: parse error: no expression found in input"),
            ("foo bar", "1:5: parse error: unexpected identifier \"bar\""),
            ("1 +", "1:4: parse error: unexpected end of input"),
            ("sum(", "1:5: parse error: unclosed left parenthesis"),
            ("(1 +", "1:5: parse error: unclosed left parenthesis"),
            ("a[5m", "1:5: parse error: unclosed left bracket"),
            ("a{b=\"c\"", "1:8: parse error: unexpected end of input inside braces"),
            ("on", "1:1: parse error: unexpected <on>"),
            ("1 + atan2", "1:5: parse error: unexpected <op:atan2>"),
            ("a + group_left b", "1:5: parse error: unexpected <group_left>"),
            ("a @ start", "1:10: parse error: unexpected end of input in @, expected timestamp"),
            ("sum(foo", "1:8: parse error: unclosed left parenthesis"),
            ("(foo", "1:5: parse error: unclosed left parenthesis"),
            ("foo)", "1:4: parse error: unexpected right parenthesis ')'"),
            (
                "foo{",
                "1:5: parse error: unexpected end of input inside braces"
            ),
            (
                "foo{a}",
                "1:6: parse error: unexpected \"}\" in label matching, expected label matching operator"
            ),
            (
                "foo{a=b}",
                "1:7: parse error: unexpected identifier \"b\" in label matching, expected string"
            ),
            (
                "foo{a=\"b\" c=\"d\"}",
                "1:11: parse error: unexpected identifier \"c\" in label matching, expected \",\" or \"}\""
            ),
            ("foo{a=~\"(\"}", "1:8: parse error: error parsing regexp: missing closing ): `(`"),
            ("{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
            (
                "{a=\"\"}",
                "1:1: parse error: vector selector must contain at least one non-empty matcher"
            ),
            (
                "{a=~\".*\"}",
                "1:1: parse error: vector selector must contain at least one non-empty matcher"
            ),
            (
                "foo{__name__=\"bar\"}",
                "1:1: parse error: metric name must not be set twice: \"foo\" or \"bar\""
            ),
            (
                "foo{\"bar\"}",
                "1:5: parse error: metric name must not be set twice: \"foo\" or \"bar\""
            ),
            (
                "rat(foo[5m])",
                "1:1: parse error: unknown function with name \"rat\"; did you mean \"rate\"?"
            ),
            ("zzzzzz(foo)", "1:1: parse error: unknown function with name \"zzzzzz\""),
            (
                "rate(foo)",
                "1:6: parse error: expected type range vector in call to function \"rate\", got instant vector"
            ),
            ("rate()", "1:1: parse error: expected 1 argument(s) in call to \"rate\", got 0"),
            (
                "round()",
                "1:1: parse error: expected at least 1 argument(s) in call to \"round\", got 0"
            ),
            (
                "round(foo, 1, 2)",
                "1:1: parse error: expected at most 2 argument(s) in call to \"round\", got 3"
            ),
            (
                "rate(foo[5m],)",
                "1:14: parse error: trailing commas not allowed in function call args"
            ),
            ("sum()", "1:1: parse error: no arguments for aggregate expression provided"),
            (
                "topk(foo)",
                "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1"
            ),
            (
                "sum(1)",
                "1:5: parse error: expected type instant vector in aggregation expression, got scalar"
            ),
            (
                "foo[5m",
                "1:7: parse error: unclosed left bracket"
            ),
            ("foo[0]", "1:5: parse error: duration must be greater than 0"),
            (
                "foo[x]",
                "1:5: parse error: unexpected identifier \"x\" in range or subquery selector, expected number or duration"
            ),
            ("(foo)[5m]", "1:6: parse error: ranges only allowed for vector selectors"),
            (
                "foo[5m][5m:1m]",
                "1:1: parse error: subquery is only allowed on instant vector, got range vector"
            ),
            ("foo offset 5m offset 5m", "1:15: parse error: offset may not be set multiple times"),
            ("foo offset 5m [5m]", "1:15: parse error: no offset modifiers allowed before range"),
            ("foo @ 5 [5m]", "1:9: parse error: no @ modifiers allowed before range"),
            (
                "1 offset 5m",
                "1:3: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery"
            ),
            (
                "sum(foo) @ 5",
                "1:10: parse error: @ modifier must be preceded by an instant vector selector or range vector selector or a subquery"
            ),
            ("foo @ Inf", "1:7: parse error: timestamp out of bounds for @ modifier: +Inf"),
            ("1 > 2", "1:3: parse error: comparisons between scalars must use BOOL modifier"),
            (
                "1 + bool 2",
                "1:5: parse error: bool modifier can only be used on comparison operators"
            ),
            (
                "1 and 2",
                "1:3: parse error: set operator \"and\" not allowed in binary scalar expression"
            ),
            (
                "1 + on (a) foo",
                "1:3: parse error: vector matching only allowed between instant vectors"
            ),
            (
                "a and on (b) group_left c",
                "1:14: parse error: no grouping allowed for \"and\" operation"
            ),
            (
                "a + on (b) group_left (b) c",
                "1:12: parse error: label \"b\" must not occur in ON and GROUP clause at once"
            ),
            (
                "\"a\" + 1",
                "1:1: parse error: binary expression must contain only scalar and instant vector types"
            ),
            (
                "-\"a\"",
                "1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got \"string\""
            ),
            ("\"abc", "1:1: parse error: unterminated quoted string"),
            ("`abc", "1:1: parse error: unterminated raw string"),
            ("\"\\q\"", "1:2: parse error: unknown escape sequence U+0071 'q'"),
            ("1x", "1:1: parse error: bad number or duration syntax: \"1x\""),
            ("5m1h", "1:1: parse error: bad number or duration syntax: \"5m1h\""),
            ("1_", "1:1: parse error: bad number or duration syntax: \"1_\""),
            ("1..2", "1:1: parse error: bad number or duration syntax: \"1..2\""),
            (".5.", "1:1: parse error: bad number or duration syntax: \".5.\""),
            ("1e400", "1:1: parse error: number out of range: 1e400"),
            ("foo;", "1:4: parse error: unexpected character: ';'"),
            ("foo !", "1:5: parse error: unexpected character after '!'"),
            ("foo +\n  bar baz", "2:7: parse error: unexpected identifier \"baz\""),
            (
                "sum by (a:b) (foo)",
                "1:9: parse error: unexpected identifier \"a:b\" in grouping opts, expected label"
            ),
            (
                "sum by (a b) (foo)",
                "1:11: parse error: unexpected identifier \"b\" in grouping opts, expected \",\" or \")\""
            ),
        ])
    func mistakes(text: String, message: String) {
        let error = #expect(throws: QueryError.self) { try QueryExpression(parsing: text) }
        #expect(error?.description == message)
    }

    @Test(
        "bounds how deep an expression nests",
        arguments: [
            String(repeating: "(", count: 100_000), String(repeating: "-", count: 100_000) + "a",
            String(repeating: "abs(", count: 100_000),
            String(repeating: "a + ", count: 10_000) + "a",
            String(repeating: "a ^ ", count: 10_000) + "a",
            "a" + String(repeating: "[5m:1m]", count: 10_000),
            String(repeating: "sum(", count: 1000) + "a" + String(repeating: ")", count: 1000),
            String(repeating: "a", count: 300_000),
        ])
    func nesting(text: String) {
        #expect(throws: QueryError.self) { try QueryExpression(parsing: text) }
    }

    @Test("an expression as deep as is allowed evaluates")
    func deepest() throws {
        let text = (0..<240).reduce("vector(1)") { text, _ in "(\(text))" }
        let sum = Array(repeating: "vector(1)", count: 240).joined(separator: " + ")
        for expression in [text, sum] {
            let value = try QueryEngine().instant(
                QueryExpression(parsing: expression), at: Timestamp(milliseconds: 0),
                over: MemorySource([]))
            guard case .vector(let elements) = value else {
                Issue.record("\(value)")
                continue
            }
            #expect(elements.count == 1)
        }
    }

    @Test("comments reach to the end of the line")
    func comments() throws {
        let expression = try QueryExpression(parsing: "# first\n1 # one\n+\t# two )\r\n 2 # end")
        #expect(expression.description == "1 + 2")
        #expect(try QueryExpression(parsing: "foo{a=\"#\"}").description == "foo{a=\"#\"}")
    }

    @Test("lists the matchers of every selector, and how far back it reads")
    func selectors() throws {
        let expression = try QueryExpression(
            parsing: "rate(a{x=\"1\"}[10m] offset 5m) / sum_over_time(b[1h:1m])")
        #expect(
            expression.selectors.map { $0.map(\.description) }
                == [["__name__=\"a\"", "x=\"1\""], ["__name__=\"b\""]])
        #expect(expression.reach() == .seconds(3900))
        #expect(try QueryExpression(parsing: "a @ 5").reach() == nil)
        #expect(try QueryExpression(parsing: "1").reach() == .zero)
    }
}
