import Testing

@Suite("Operators")
struct OperatorTests {
    private static let data = """
        load 5m
          requests{job="api",instance="0",group="production"} 0+10x10
          requests{job="api",instance="1",group="production"} 0+20x10
          requests{job="api",instance="0",group="canary"} 0+30x10
          requests{job="api",instance="1",group="canary"} 0+40x10
          requests{job="app",instance="0",group="production"} 0+50x10
          requests{job="app",instance="1",group="production"} 0+60x10
          requests{job="app",instance="0",group="canary"} 0+70x10
          requests{job="app",instance="1",group="canary"} 0+80x10

        """

    @Test(
        "arithmetic of scalars, with precedence and associativity",
        arguments: [
            ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("2 ^ 3 ^ 2", "512"), ("-2 ^ 2", "-4"),
            ("- - - 1", "-1"), ("-2^---1*3", "-1.5"), ("2/-2^---1*3+2", "-10"), ("7 % 4", "3"),
            ("-7 % 4", "-3"), ("1 / 0", "+Inf"), ("-1 / 0", "-Inf"), ("0 / 0", "NaN"),
            ("10 - 4 - 3", "3"), ("2 * 3 % 4", "2"), ("1 == bool 1", "1"), ("1 > bool 2", "0"),
            ("10 atan2 20", "0.4636476090008061"), ("5m", "300"), ("1h30m / 2", "2700"),
            ("0x1F", "31"), ("017", "15"), ("1_000", "1000"), ("0x_ff", "255"), (".5e1", "5"),
            ("1.", "1"), ("Inf", "+Inf"), ("-inf", "-Inf"), ("nAn", "NaN"), ("1e-3", "0.001"),
            ("1 + -1", "0"), ("0xE-1", "13"), ("1 < bool NaN", "0"), ("NaN != bool NaN", "1"),
            ("2 ^ -1", "0.5"), ("089", "89"), ("+5", "5"), ("pi() > bool 3", "1"),
        ])
    func scalars(text: String, expected: String) {
        QueryScript.run("eval instant at 0 \(text)\n  \(expected)")
    }

    @Test(
        "strings in their three forms",
        arguments: [
            (#""a\"b""#, #""a\"b""#), ("'a\"b'", #""a\"b""#), (#"`a\n`"#, #""a\\n""#),
            (#""\u00fc\x41\101\n""#, #""üAA\n""#),
        ])
    func strings(text: String, expected: String) {
        QueryScript.run("eval instant at 0 \(text)\n  \(expected)")
    }

    @Test("vectors with scalars")
    func scalarSides() {
        QueryScript.run(
            Self.data + """
                eval instant at 50m 2 - sum(requests) by (job)
                  {job="api"} -998
                  {job="app"} -2598
                eval instant at 50m sum(requests) by (job) % 3 ^ 2
                  {job="api"} 1
                  {job="app"} 8
                eval instant at 50m -10^3 * - sum(requests) by (job) ^ -1
                  {job="api"} 1
                  {job="app"} 0.38461538461538464
                eval instant at 50m 1000 < sum(requests) by (job)
                  {job="app"} 2600
                eval instant at 50m sum(requests) by (job) == bool 1000
                  {job="api"} 1
                  {job="app"} 0
                eval instant at 50m requests{job="api",instance="0"} > 200
                  requests{job="api",instance="0",group="canary"} 300
                eval instant at 50m requests{job="api",instance="0"} > bool 200
                  {job="api",instance="0",group="canary"} 1
                  {job="api",instance="0",group="production"} 0
                eval instant at 50m +requests{job="api",instance="0",group="canary"}
                  requests{job="api",instance="0",group="canary"} 300
                eval instant at 50m -requests{job="api",instance="0",group="canary"}
                  {job="api",instance="0",group="canary"} -300
                """)
    }

    @Test("one-to-one matching")
    func oneToOne() {
        QueryScript.run(
            Self.data + """
                eval instant at 50m requests{group="canary"} / on(instance,job) requests{group="production"}
                  {instance="0",job="api"} 3
                  {instance="0",job="app"} 1.4
                  {instance="1",job="api"} 2
                  {instance="1",job="app"} 1.3333333333333333
                eval instant at 50m requests{group="canary"} > ignoring(group) requests{group="production"} * 2.5
                  requests{instance="0",job="api"} 300
                eval instant at 50m requests + requests{instance="0",group="canary"}
                  {job="api",instance="0",group="canary"} 600
                  {job="app",instance="0",group="canary"} 1400
                fail instant at 50m requests + on (job) requests
                  many-to-many matching not allowed: matching labels must be unique on one side
                fail instant at 50m requests{group="canary"} + on (job) sum by (job) (requests)
                  multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)
                fail instant at 50m requests{job="api",group="canary"} > on (job) (sum by (job) (requests) * 1000)
                  multiple matches for labels: many-to-one matching must be explicit
                """)
    }

    @Test("many-to-one matching, with labels copied")
    func manyToOne() {
        QueryScript.run(
            """
            load 5m
              var{instance="abc"} 2
              role{instance="abc",role="proxy"} 1
              cpu{instance="abc",mode="idle"} 3
              cpu{instance="abc",mode="user"} 1
              cpu{instance="def",mode="idle"} 8
              threshold{instance="abc",target="a@b"} 0
            eval instant at 1m role * on (instance) group_right (role) var
              {instance="abc",role="proxy"} 2
            eval instant at 1m var * ignoring (role) group_left (role) role
              {instance="abc",role="proxy"} 2
            eval instant at 1m cpu * on (instance) group_left (role) role
              {instance="abc",mode="idle",role="proxy"} 3
              {instance="abc",mode="user",role="proxy"} 1
            eval instant at 1m cpu / on (instance) group_left sum by (instance) (cpu)
              {instance="abc",mode="idle"} 0.75
              {instance="abc",mode="user"} 0.25
              {instance="def",mode="idle"} 1
            eval instant at 1m cpu > on (instance) group_left (target) threshold
              cpu{instance="abc",mode="idle",target="a@b"} 3
              cpu{instance="abc",mode="user",target="a@b"} 1
            eval instant at 1m threshold < on (instance) group_right cpu
              cpu{instance="abc",mode="idle"} 0
              cpu{instance="abc",mode="user"} 0
            fail instant at 1m cpu * on (instance) group_left (mode) role
              multiple matches for labels: grouping labels must ensure unique matches
            fail instant at 1m var * on (instance) group_left cpu
              many-to-many matching not allowed
            """)
    }

    @Test("set operators")
    func sets() {
        QueryScript.run(
            Self.data + """
                eval instant at 50m requests{group="canary"} and on (job) requests{instance="0",job="api"}
                  requests{job="api",instance="0",group="canary"} 300
                  requests{job="api",instance="1",group="canary"} 400
                eval instant at 50m requests{job="api",group="canary"} + 1 or requests{instance="1",job="api"}
                  {job="api",instance="0",group="canary"} 301
                  {job="api",instance="1",group="canary"} 401
                  requests{job="api",instance="1",group="production"} 200
                eval instant at 50m requests{group="canary"} unless on (job, instance) requests{instance="0"}
                  requests{job="api",instance="1",group="canary"} 400
                  requests{job="app",instance="1",group="canary"} 800
                eval instant at 50m requests{job="api",group="canary"} and on () vector(1)
                  requests{job="api",instance="0",group="canary"} 300
                  requests{job="api",instance="1",group="canary"} 400
                eval instant at 50m requests{group="canary"} and absent(requests)
                clear
                load 10m
                  a 1 _
                  b 3 4
                eval range from 0 to 20m step 10m -a or -b
                  {} -1 -4 _
                eval range from 0 to 10m step 10m b unless on () a
                  b _ 4
                """)
    }

    @Test("labels that become equal are an error where they meet")
    func duplicates() {
        QueryScript.run(
            """
            load 5m
              one{k="v"} 1 _ _
              two{k="v"} 2 2 2
            fail instant at 0 -{__name__=~"one|two"}
              vector cannot contain metrics with the same labelset
            fail instant at 0 {__name__=~"one|two"} * 2
              vector cannot contain metrics with the same labelset
            fail instant at 10m rate({__name__=~"one|two"}[1h]) + count_over_time({__name__=~"one|two"}[1h])
              vector cannot contain metrics with the same labelset
            fail instant at 0 label_replace({__name__=~"one|two"}, "__name__", "x", "", "")
              vector cannot contain metrics with the same labelset
            eval range from 5m to 10m step 5m {__name__=~"one|two"} * 2
              {k="v"} 4 4
            """)
    }

    @Test("a match group may change its series from step to step")
    func changingSeries() {
        QueryScript.run(
            """
            load 10m
              left{k="v"} 1 2 3
              right{k="v",pod="a"} 10 _ _
              right{k="v",pod="b"} _ 20 _
            eval range from 0 to 20m step 10m left * on (k) right
              {k="v"} 10 40 _
            eval range from 0 to 20m step 10m right * on (k) left
              {k="v"} 10 40 _
            """)
    }
}
