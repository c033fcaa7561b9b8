import Testing

@testable import Querying

/// After the documentation of Prometheus 3: labels of info series of the same job and instance.
@Suite("info")
struct InfoTests {
    private static let data = """
        load 1m
          hits{instance="a",job="1",label="x"} 0+10x4
          hits{instance="b",job="1"} 5x4
          build_info{instance="a",job="1",version="7"} 1x4
          target_info{instance="a",job="1",zone="east",kind="gpu"} 1 1 stale
          target_info{instance="a",job="1",zone="west",label="other"} _ _ 1x2

        """

    @Test("data labels are added as they are at each step; labels of the series itself stay")
    func added() {
        QueryScript.run(
            Self.data + """
                eval instant at 1m info(hits)
                  hits{instance="a",job="1",label="x",zone="east",kind="gpu"} 10
                  hits{instance="b",job="1"} 5
                eval range from 1m to 2m step 1m info(rate(hits[2m]))
                  {instance="a",job="1",label="x",zone="east",kind="gpu"} 0.08333333333333333 _
                  {instance="a",job="1",label="x",zone="west"} _ 0.16666666666666666
                  {instance="b",job="1"} 0 0
                eval instant at 3m info(hits offset 2m)
                  hits{instance="a",job="1",label="x",zone="east",kind="gpu"} 10
                  hits{instance="b",job="1"} 5
                eval instant at 1m info(build_info, {__name__=~".+_info"})
                  build_info{instance="a",job="1",version="7"} 1
                """)
    }

    @Test("matchers choose info series and labels; what must be there and is not drops a series")
    func matchers() {
        QueryScript.run(
            Self.data + """
                eval instant at 1m info(hits, {zone=~".+"})
                  hits{instance="a",job="1",label="x",zone="east"} 10
                eval instant at 1m info(hits, {zone=~".*"})
                  hits{instance="a",job="1",label="x",zone="east"} 10
                  hits{instance="b",job="1"} 5
                eval instant at 1m info(hits, {})
                  hits{instance="a",job="1",label="x",zone="east",kind="gpu"} 10
                  hits{instance="b",job="1"} 5
                eval instant at 1m info(hits, {zone="north"})
                eval instant at 1m info(hits, {__name__=~"(target|build)_info", version=~".+"})
                  hits{instance="a",job="1",label="x",version="7"} 10
                eval instant at 1m info(hits, {__name__="build_info"})
                  hits{instance="a",job="1",label="x",version="7"} 10
                  hits{instance="b",job="1"} 5
                """)
    }

    @Test("two info series that are equally new are an error")
    func ambiguous() {
        QueryScript.run(
            """
            load 1m
              hits{instance="a",job="1"} 1
              target_info{instance="a",job="1",zone="east"} 1
              target_info{instance="a",job="1",zone="west"} 1
            fail instant at 0 info(hits)
              found duplicate series for info metric
            """)
    }

    @Test("the selectors of an expression are told with those of info")
    func selectors() throws {
        let expression = try QueryExpression(parsing: "info(rate(hits[5m]), {zone=~\".+\"})")
        #expect(
            expression.selectors.map { $0.map(\.description) } == [
                [#"__name__="hits""#], [#"__name__="target_info""#, #"zone=~".+""#],
            ])
        #expect(expression.reach(lookback: .seconds(600)) == .seconds(600))
        #expect(try QueryExpression(parsing: expression.description) == expression)
    }

    @Test(
        "what is printed is the same expression",
        arguments: [
            "{}", #"{__name__="build_info"}"#, #"{__name__="build_info",zone="a"}"#,
            #"{__name__="odd name",__name__!="b"}"#, #"{"quoted label"=~"x.*"}"#,
        ])
    func printed(argument: String) throws {
        let expression = try QueryExpression(parsing: "info(hits, \(argument)) * 2")
        #expect(try QueryExpression(parsing: expression.description) == expression)
    }

    @Test(
        "only matchers in braces are taken",
        arguments: ["hits", "{zone=\"a\"} offset 1m", "{zone=\"a\"} + 1", "vector(1)"])
    func mistakes(argument: String) {
        #expect(throws: QueryError.self) { try QueryExpression(parsing: "info(hits, \(argument))") }
    }
}
