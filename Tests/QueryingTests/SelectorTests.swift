import Testing

@Suite("Selectors")
struct SelectorTests {
    private static let data = """
        load 10s
          m{job="a",env="x"} 0+10x1000
          m{job="b",env="y"} 1+10x1000
          m{job="c"} 2+10x1000
        """

    @Test("matchers, absent labels being empty")
    func matchers() {
        QueryScript.run(
            Self.data + """

                eval instant at 10s m{job="a"}
                  m{job="a",env="x"} 10
                eval instant at 10s m{job!="a"}
                  m{job="b",env="y"} 11
                  m{job="c"} 12
                eval instant at 10s m{job=~"a|b",env!~"x"}
                  m{job="b",env="y"} 11
                eval instant at 10s {__name__=~"m.*",env=""}
                  m{job="c"} 12
                eval instant at 10s {"m",job=~".*[bc]"}
                  m{job="b",env="y"} 11
                  m{job="c"} 12
                eval instant at 10s m{job=~"a.+"}
                """)
    }

    @Test("the newest sample of the last five minutes, left-open")
    func lookback() {
        QueryScript.run(
            """
            load 1m
              x 1 2
            eval instant at 1m x
              x 2
            eval instant at 359s x
              x 2
            eval instant at 6m x
            """)
    }

    @Test("a stale marker ends a series at once")
    func staleness() {
        QueryScript.run(
            """
            load 10s
              x 0 1 stale 2
            eval range from 0 to 40s step 10s x
              x 0 1 _ 2 2
            eval instant at 20s x
            eval instant at 20s count_over_time(x[1m])
              {} 2
            eval instant at 40s count_over_time(x[1m])
              {} 3
            eval instant at 10s count_over_time(x[10s])
              {} 1
            eval instant at 20s count_over_time(x[10s])
            """)
    }

    @Test("offset, also negative, and @")
    func shifts() {
        QueryScript.run(
            Self.data + """

                eval instant at 100s m{job="a"} offset 50s
                  m{job="a",env="x"} 50
                eval instant at 100s m{job="a"} offset -50s
                  m{job="a",env="x"} 150
                eval instant at 100s m{job="a"} @ 20
                  m{job="a",env="x"} 20
                eval instant at 100s m{job="a"} @ 100 offset 50s
                  m{job="a",env="x"} 50
                eval instant at 100s m{job="a"} offset 50s @ 100
                  m{job="a",env="x"} 50
                eval range from 0 to 30s step 10s m{job="a"} @ start()
                  m{job="a",env="x"} 0 0 0 0
                eval range from 0 to 30s step 10s m{job="a"} @ end() - m{job="a"}
                  {job="a",env="x"} 30 20 10 0
                eval instant at 100s sum_over_time(m{job="a"}[30s] @ 50 offset 10s)
                  {job="a",env="x"} 90
                eval range from 0 to 20s step 10s rate(m{job="a"}[1m] @ 200)
                  {job="a",env="x"} 1 1 1
                eval range from 0 to 20s step 10s timestamp(m{job="a"} @ 35)
                  {job="a",env="x"} 30 30 30
                """)
    }

    @Test("subqueries are evaluated at multiples of their step")
    func subqueries() {
        QueryScript.run(
            Self.data + """

                eval instant at 100s sum_over_time(m{job="a"}[50s:10s])
                  {job="a",env="x"} 400
                eval instant at 105s sum_over_time(m{job="a"}[50s:10s])
                  {job="a",env="x"} 400
                eval instant at 1000s sum_over_time(m{job="a"}[2m:])
                  {job="a",env="x"} 1860
                eval instant at 100s sum_over_time(m{job="a"}[50s:10s] offset 20s)
                  {job="a",env="x"} 300
                eval instant at 100s sum_over_time(m{job="a"}[50s:10s] @ 200)
                  {job="a",env="x"} 900
                eval instant at 100s max_over_time(rate(m{job="a"}[30s])[1m:5s])
                  {job="a",env="x"} 1
                eval instant at 30s m{job="a"}[20s:10s]
                  m{job="a",env="x"} 20@20 30@30
                eval range from 0 to 40s step 20s sum_over_time(sum(m)[20s:10s])
                  {} 3 96 216
                eval instant at 100s count_over_time((vector(time()) > 50)[1m:10s])
                  {} 5
                """)
    }

    @Test("names in quotes, with any character")
    func quotedNames() {
        QueryScript.run(
            """
            load 10s
              {"weird.name","label with space"="ü"} 1 2
            eval instant at 10s {"weird.name"}
              {"weird.name","label with space"="ü"} 2
            eval instant at 10s sum by ("label with space") ({"weird.name"})
              {"label with space"="ü"} 2
            """)
    }

    @Test("timestamp() of a selector with @ passes over its offset, as in Prometheus")
    func timestamps() {
        QueryScript.run(
            """
            load 10s
              n 0+1x10
            eval instant at 50s timestamp(n offset 20s)
              {} 30
            eval instant at 50s timestamp(n @ 40 offset 20s)
              {} 40
            eval instant at 50s n @ 40 offset 20s
              n 2
            """)
    }
}
