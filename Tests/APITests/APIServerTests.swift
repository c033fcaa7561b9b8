import API
import Configuring
import Foundation
import HTTP
import Querying
import TestSupport
import Testing

@Suite("The HTTP API answers as Prometheus does")
struct APIServerTests {
    private func text(_ response: HTTPResponse) -> String {
        String(decoding: response.body, as: UTF8.self)
    }

    /// Compares as JSON, whatever the order of keys.
    private func expect(
        _ response: HTTPResponse, _ status: Int, _ json: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(response.status == status, sourceLocation: sourceLocation)
        #expect(
            response.header("content-type") == "application/json", sourceLocation: sourceLocation)
        let given = try JSONSerialization.jsonObject(with: Data(response.body)) as? NSDictionary
        let expected = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? NSDictionary
        #expect(given == expected, "\(text(response))", sourceLocation: sourceLocation)
    }

    @Test("instant queries: vector, scalar, string and matrix, by GET and POST")
    func instant() async throws {
        try await Served.run { api in
            let vector = try await api.get("/api/v1/query?query=psi%7Bmodel%3D%22churn%22%7D")
            #expect(
                text(vector)
                    == #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"#
                    + #""__name__":"psi","model":"churn"},"value":[1795239722.885,"2.25"]}]}}"#)
            try expect(
                try await api.post("/api/v1/query", "query=1%2B1&time=2026-11-21T08:00:00Z"), 200,
                #"{"status":"success","data":{"resultType":"scalar","result":[1795248000,"2"]}}"#)
            try expect(
                try await api.get("/api/v1/query?query=%22x%22&time=7.25"), 200,
                #"{"status":"success","data":{"resultType":"string","result":[7.25,"x"]}}"#)
            try expect(
                try await api.get("/api/v1/query?query=hits_total%5B2s%5D"), 200,
                #"""
                {"status":"success","data":{"resultType":"matrix","result":[
                  {"metric":{"__name__":"hits_total","q":"a \"b\"\n"},
                   "values":[[1795239721.885,"8"],[1795239722.885,"9"]]}]}}
                """#)
        }
    }

    @Test("range queries leave gaps out, and write NaN and infinities as text")
    func range() async throws {
        try await Served.run { api in
            try expect(
                try await api.get(
                    "/api/v1/query_range?query=psi%7Bmodel%3D%22fraud%22%7D&start=1795239722.885"
                        + "&end=1795239723.885&step=1"), 200,
                #"""
                {"status":"success","data":{"resultType":"matrix","result":[
                  {"metric":{"__name__":"psi","model":"fraud"},
                   "values":[[1795239722.885,"NaN"],[1795239723.885,"NaN"]]}]}}
                """#)
            let infinite = try await api.post(
                "/api/v1/query_range", "query=-1%2F0&start=0&end=10&step=10s")
            #expect(text(infinite).contains(#"[[0,"-Inf"],[10,"-Inf"]]"#))
        }
    }

    @Test(
        "mistakes have Prometheus's types and statuses",
        arguments: [
            ("query?query=sum(", 400, "bad_data"),
            ("query?query=1&time=never", 400, "bad_data"),
            ("query_range?query=1&start=0&end=100000&step=1", 400, "bad_data"),
            ("query_range?query=1&start=0&end=10", 400, "bad_data"),
            ("query_range?query=1&start=0&end=10&step=0", 400, "bad_data"),
            ("query?query=psi%20*%20on()%20psi", 422, "execution"),
            ("query?query=psi&timeout=-1s", 400, "bad_data"),
            ("series", 400, "bad_data"),
            ("series?match[]=psi%2B1", 400, "bad_data"),
            ("labels?limit=x", 400, "bad_data"),
            ("query?query=rate(psi[step()])", 400, "bad_data"),
            ("nowhere", 404, "not_found"),
        ])
    func mistakes(question: String, status: Int, type: String) async throws {
        try await Served.run { api in
            let response = try await api.get("/api/v1/" + question)
            #expect(response.status == status, "\(text(response))")
            #expect(
                text(response).hasPrefix(#"{"status":"error","errorType":"\#(type)","error":""#),
                "\(text(response))")
        }
    }

    @Test("who opens connections and says nothing keeps nobody out")
    func halfOpen() async throws {
        var limits = APILimits()
        limits.idleTimeout = .milliseconds(300)
        try await Served.run(limits: limits) { api in
            let silent = try (0..<300).map { index in
                try SilentConnection(
                    port: api.port,
                    sending: index.isMultiple(of: 2) ? "" : "GET /-/healthy HTTP/1.1\r\nHo")
            }
            try await api.expect(200, "/-/healthy")
            withExtendedLifetime(silent) {}
        }
    }

    @Test("series, labels, values and metadata")
    func labels() async throws {
        try await Served.run { api in
            try expect(
                try await api.post("/api/v1/series", "match[]=psi&match%5B%5D=up"), 200,
                #"""
                {"status":"success","data":[{"__name__":"psi","model":"churn"},
                  {"__name__":"psi","model":"fraud"},{"__name__":"up","http.status":"é"}]}
                """#)
            try expect(
                try await api.get("/api/v1/labels"), 200,
                #"{"status":"success","data":["__name__","http.status","model","q"]}"#)
            try expect(
                try await api.get("/api/v1/label/model/values?match[]=psi&limit=1"), 200,
                #"""
                {"status":"success","data":["churn"],
                 "warnings":["results truncated due to limit"]}
                """#)
            try expect(
                try await api.get("/api/v1/label/U__http_2e_status/values"), 200,
                #"{"status":"success","data":["é"]}"#)
            try expect(
                try await api.get("/api/v1/metadata?metric=hits_total"), 200,
                #"""
                {"status":"success","data":{"hits_total":[
                  {"type":"counter","help":"","unit":""}]}}
                """#)
        }
    }

    @Test("selectors are looked up once each, and not any number of them")
    func selectors() async throws {
        try await Served.run { api in
            let same = Array(repeating: "match[]=up", count: 1000).joined(separator: "&")
            try expect(
                try await api.post("/api/v1/series", same + "&match[]=none"), 200,
                #"{"status":"success","data":[{"__name__":"up","http.status":"é"}]}"#)
            let many = (0...100).map { "match[]=x\($0)" }.joined(separator: "&")
            let response = try await api.post("/api/v1/labels", many)
            #expect(response.status == 400)
            #expect(text(response).contains("101 selectors are given, at most 100 are allowed"))
        }
    }

    @Test("an expression is given as a tree")
    func tree() async throws {
        try await Served.run { api in
            try expect(
                try await api.post(
                    "/api/v1/parse_query",
                    "query=-sum+by(a)+(rate(x{b!~%22c%22}[5m]+offset+1m))+%3E+bool+on(a)+y+@+end()"),
                200,
                #"""
                {"status":"success","data":{"type":"binaryExpr","op":">","bool":true,
                  "matching":{"card":"one-to-one","labels":["a"],"on":true,"include":[]},
                  "lhs":{"type":"unaryExpr","op":"-","expr":{"type":"aggregation","op":"sum",
                    "param":null,"grouping":["a"],"without":false,
                    "expr":{"type":"call","func":{"name":"rate","argTypes":["matrix"],
                        "variadic":0,"returnType":"vector"},
                      "args":[{"type":"matrixSelector","name":"x","range":300000,"offset":60000,
                        "timestamp":null,"startOrEnd":null,"matchers":[
                          {"name":"__name__","type":"=","value":"x"},
                          {"name":"b","type":"!~","value":"c"}]}]}}},
                  "rhs":{"type":"vectorSelector","name":"y","offset":0,"timestamp":null,
                    "startOrEnd":"end",
                    "matchers":[{"name":"__name__","type":"=","value":"y"}]}}}
                """#)
            try expect(
                try await api.get("/api/v1/parse_query?query=round(x)%5B5m:%5D+@+7"), 200,
                #"""
                {"status":"success","data":{"type":"subquery","range":300000,"step":0,"offset":0,
                  "timestamp":7000,"startOrEnd":null,
                  "expr":{"type":"call","func":{"name":"round","argTypes":["vector","scalar"],
                      "variadic":1,"returnType":"vector"},
                    "args":[{"type":"vectorSelector","name":"x","offset":0,"timestamp":null,
                      "startOrEnd":null,
                      "matchers":[{"name":"__name__","type":"=","value":"x"}]}]}}}
                """#)
        }
    }

    @Test("targets, rules, alerts, build and health")
    func state() async throws {
        try await Served.run { api in
            let targets = text(try await api.get("/api/v1/targets"))
            #expect(targets.contains(#""scrapeUrl":"http://h:1/metrics""#))
            #expect(targets.contains(#""lastError":"connection refused""#))
            #expect(targets.contains(#""health":"down""#))
            #expect(targets.contains(#""scrapeInterval":"2s","scrapeTimeout":"2s""#))
            #expect(targets.contains(#""lastScrapeDuration":0.5"#))
            #expect(targets.contains(#""__address__":"h:1""#))
            #expect(targets.contains(#""__metrics_path__":"/metrics""#))
            let rules = text(try await api.get("/api/v1/rules"))
            #expect(rules.contains(#""name":"Drift","type":"alerting","state":"inactive""#))
            #expect(rules.contains(#""duration":60"#))
            #expect(rules.contains(#""name":"psi:max","type":"recording""#))
            let alerting = text(try await api.get("/api/v1/rules?type=alert"))
            #expect(!alerting.contains("psi:max"))
            try expect(
                try await api.get("/api/v1/alerts"), 200,
                #"{"status":"success","data":{"alerts":[]}}"#)
            let build = text(try await api.get("/api/v1/status/buildinfo"))
            #expect(build.contains(#""1.2.3""#))
            try await api.expect(200, "/-/healthy")
            try await api.expect(200, "/-/ready")
        }
    }

    @Test("what is odd about an expression is said beside its value")
    func annotations() async throws {
        try await Served.run { api in
            let gauge = text(try await api.get("/api/v1/query?query=sum(rate(psi%5B5s%5D))"))
            #expect(
                gauge.hasSuffix(
                    #""infos":["PromQL info: metric might not be a counter, name does not end in "#
                        + #"_total/_sum/_count/_bucket: \"psi\" (1:10)"]}"#), "\(gauge)")
            let quantile = text(
                try await api.get(
                    "/api/v1/query_range?query=quantile(2,psi)&start=1795239722&end=1795239722&step=1"
                ))
            #expect(
                quantile.hasSuffix(
                    #""warnings":["PromQL warning: quantile value should be between 0 and 1, got 2"]}"#
                ),
                "\(quantile)")
            let bucket = text(
                try await api.get("/api/v1/query?query=histogram_quantile(0.5,hits_total)"))
            #expect(bucket.contains(#"malformed value of \"\" for metric name \"hits_total\""#))
            let counter = text(try await api.get("/api/v1/query?query=rate(hits_total%5B5s%5D)"))
            #expect(!counter.contains("infos"))
        }
    }

    @Test("what clients ask for besides: formatted expressions, exemplars")
    func besides() async throws {
        try await Served.run { api in
            try expect(
                try await api.post("/api/v1/format_query", "query=sum(psi)by(model)%2F+1e3"), 200,
                #"{"status":"success","data":"sum by (model) (psi) / 1000"}"#)
            try expect(
                try await api.get("/api/v1/query_exemplars?query=psi&start=0&end=1"), 200,
                #"{"status":"success","data":[]}"#)
        }
    }

    @Test("mlmon's own page comes in the format that is asked for")
    func ownMetrics() async throws {
        try await Served.run { api in
            _ = try await api.get("/api/v1/query?query=1")
            let plain = try await api.get("/metrics")
            #expect(plain.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            #expect(text(plain).contains("# TYPE mlmon_api_requests_total counter\n"))
            #expect(
                text(plain).contains(
                    #"mlmon_api_requests_total{code="200",handler="/api/v1/query"} 1"#))
            #expect(text(plain).contains(#"mlmon_targets{health="down"} 1"#))
            let open = try await api.get(
                "/metrics",
                headers: [(name: "Accept", value: "application/openmetrics-text; version=1.0.0")])
            #expect(
                open.header("content-type")
                    == "application/openmetrics-text; version=1.0.0; charset=utf-8")
            #expect(text(open).contains("# TYPE mlmon_api_requests counter\n"))
            #expect(text(open).hasSuffix("# EOF\n"))
        }
    }

    @Test("only who shows the token or the password is answered")
    func credentials() async throws {
        var settings = APISettings(host: "127.0.0.1", port: 0)
        settings.credentials = .bearer(token: "secret")
        try await Served.run(settings) { api in
            var api = api
            try await api.expect(401, "/api/v1/labels")
            try await api.expect(401, "/metrics")
            try await api.expect(200, "/-/healthy")
            api.credentials = .bearer(token: "secreT")
            try await api.expect(401, "/api/v1/labels")
            api.credentials = .bearer(token: "secret")
            try await api.expect(200, "/api/v1/labels")
        }
        settings.credentials = .basic(user: "u", password: "p")
        try await Served.run(settings) { api in
            var api = api
            let refused = try await api.get("/api/v1/labels")
            #expect(refused.header("www-authenticate") == "Basic realm=\"mlmon\"")
            api.credentials = .basic(user: "u", password: "p")
            try await api.expect(200, "/api/v1/labels")
        }
    }

    @Test("a page of the web cannot read the loopback under a name of its own")
    func foreignNames() async throws {
        try await Served.run { api in
            let foreign = [(name: "Host", value: "evil.example:9190")]
            try await api.expect(403, "/api/v1/labels", headers: foreign)
            let own = [(name: "Host", value: "localhost:9190")]
            try await api.expect(200, "/api/v1/labels", headers: own)
        }
    }

    @Test("size, time and number of questions are bounded")
    func bounds() async throws {
        var limits = APILimits()
        limits.bodyByteCount = 100
        limits.timeout = .zero
        try await Served.run(limits: limits) { api in
            let long = "query=" + String(repeating: "1", count: 200)
            #expect(try await api.post("/api/v1/query", long).status == 413)
            let late = try await api.get("/api/v1/query?query=psi")
            #expect(late.status == 503)
            #expect(text(late).contains(#""errorType":"timeout""#))
            let deleted = try await api.ask("/metrics", method: "DELETE", body: nil, headers: [])
            #expect(deleted.status == 405)
        }
        limits.timeout = .seconds(60)
        limits.query.maximumSamples = 5
        try await Served.run(limits: limits) { api in
            let large = try await api.get("/api/v1/query?query=hits_total%5B10s%5D")
            #expect(large.status == 422)
            #expect(text(large).contains("more than 5"))
        }
        limits.query = QueryLimits(maximumSeries: 1)
        try await Served.run(limits: limits) { api in
            let many = try await api.get("/api/v1/query?query=psi")
            #expect(many.status == 422)
            #expect(text(many).contains("selects 2 series, at most 1 are allowed"))
        }
        limits.concurrentCount = 0
        try await Served.run(limits: limits) { api in
            let refused = try await api.get("/api/v1/query?query=psi")
            #expect(refused.status == 503)
            #expect(text(refused).contains(#""errorType":"unavailable""#))
        }
    }

    @Test("an address that other machines reach is refused without protection")
    func refusal() async throws {
        await #expect(throws: APIError.self) {
            try await Served.run(APISettings(host: "0.0.0.0", port: 0)) { _ in }
        }
        var forced = APISettings(host: "0.0.0.0", port: 0)
        forced.isInsecure = true
        try await Served.run(forced) { api in
            try await api.expect(200, "/api/v1/labels")
        }
    }
}
