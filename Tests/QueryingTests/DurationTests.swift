import Testing

@testable import Querying

/// Durations that are computed, after the documentation of Prometheus 3.
@Suite("Computed durations")
struct DurationTests {
    private static let data = """
        load 10s
          n 0+1x100

        """

    @Test("ranges, steps of subqueries and offsets are computed")
    func computed() {
        QueryScript.run(
            Self.data + """
                eval instant at 500s count_over_time(n[30s * 2])
                  {} 6
                eval instant at 500s count_over_time(n[2m - 2 * 30])
                  {} 6
                eval instant at 500s count_over_time(n[(1 + 2) * 10s + 5m % 4m - 2 ^ 2 ^ 0.5 * 0])
                  {} 9
                eval instant at 500s count_over_time(n[-1m + max(1m, 90s) + min(30, 2m)])
                  {} 6
                eval instant at 500s count_over_time(n[1m / 2:15s - 5s] offset (1m * 2))
                  {} 3
                eval instant at 500s n offset (1m * 2)
                  n 38
                eval instant at 500s n offset (-2 ^ 2 * 10s)
                  n 54
                """)
    }

    @Test("behind offset an operator belongs to the expression around it")
    func precedence() {
        QueryScript.run(
            Self.data + """
                eval instant at 500s n offset 100 + 2
                  {} 42
                eval instant at 500s n offset -2m ^ 2
                  {} 3844
                eval instant at 500s n offset -(1m) * 2
                  {} 112
                eval instant at 500s n offset +1m
                  n 44
                """)
    }

    @Test("step() and range() are those of the query, 0 at an instant")
    func query() {
        QueryScript.run(
            Self.data + """
                eval range from 500s to 520s step 10s count_over_time(n[step() * 3])
                  {} 3 3 3
                eval range from 500s to 520s step 10s count_over_time(n[range()])
                  {} 2 2 2
                eval range from 500s to 520s step 10s n offset STEP()
                  n 49 50 51
                eval range from 500s to 520s step 10s n offset -step() * 2
                  {} 102 104 106
                eval range from 500s to 520s step 10s sum_over_time(n[2 * step():step()])
                  {} 99 101 103
                eval range from 500s to 520s step 10s max_over_time(n[range() + 1] @ end())
                  {} 52 52 52
                eval instant at 500s n offset (step() + range() + 10)
                  n 49
                fail instant at 500s count_over_time(n[step()])
                  1:19: parse error: duration must be greater than 0
                """)
    }

    @Test("what the query is asked about are numbers, too")
    func numbers() {
        QueryScript.run(
            """
            eval range from 500s to 520s step 10s start() + end() * 0
              {} 500 500 500
            eval range from 500s to 520s step 10s end() - start() == bool range()
              {} 1 1 1
            eval range from 500s to 520s step 10s vector(step())
              {} 10 10 10
            eval instant at 7s step() + range() + end()
              7
            eval instant at 7s max_of(1, time()) - min_of(Inf, 2)
              5
            eval instant at 7s max_of(NaN, 1)
              NaN
            """)
    }

    @Test(
        "mistakes are told where they are",
        arguments: [
            ("n[1m - 1m]", "1:3: parse error: duration must be greater than 0"),
            ("n[1m / 0]", "1:3: parse error: division by zero"),
            ("n[1m % (2 - 2)]", "1:3: parse error: modulo by zero"),
            ("n[1m ^ 1e9]", "1:3: parse error: duration out of range"),
            ("n[1m * NaN]", "1:3: parse error: duration out of range"),
            ("n[1m +]", "unexpected \"]\" in range or subquery selector, expected number"),
            ("n[min(1m)]", "unexpected \")\" in range or subquery selector, expected \",\""),
            ("n[step]", "unexpected \"]\" in range or subquery selector, expected \"(\""),
            ("n[1m == 1m]", "unexpected <op:==> in range or subquery selector"),
            ("n offset (1m", "unclosed left parenthesis"),
            ("n offset --1m", "unexpected <op:-> in offset, expected number or duration"),
        ])
    func mistakes(text: String, message: String) {
        ExpressionChecks.isRefused(text, message)
    }

    @Test(
        "what is printed parses to the same",
        arguments: [
            "rate(n[step()])", "rate(n[2 * step() + 5m])", "n offset -step()",
            "n offset (step() * 2)", "n[max(step(), 5s):min(range() / 100, 1m)] offset range()",
            "n @ end() offset step()", "sum_over_time(n[-(1 - step()) ^ 2:step()])",
        ])
    func printed(text: String) throws {
        try ExpressionChecks.isPrintedAsWritten(text)
    }

    @Test("how far an instant looks back is known of computed durations")
    func reach() throws {
        let expression = try QueryExpression(parsing: "rate(n[1m * 5] offset (2m - 1m))")
        #expect(expression.reach() == .seconds(360))
        #expect(try QueryExpression(parsing: "n offset step()").reach() == .seconds(300))
    }
}
