import API
import Configuring
import HTTP
import Testing

@Suite("Predictions and labels over HTTP")
struct RecordTests {
    private func post(
        _ served: Served, _ path: String, _ body: String, type: String = "application/json"
    ) async throws -> HTTPResponse {
        try await served.ask(
            path, method: "POST", body: Array(body.utf8),
            headers: [(name: "Content-Type", value: type)])
    }

    private func text(_ response: HTTPResponse) -> String {
        String(decoding: response.body, as: UTF8.self)
    }

    @Test("are taken whole, counted, and known the second time")
    func taken() async throws {
        try await Served.run { served in
            let predictions = """
                [{"id": 7, "timestamp": 1795239700, "service": "fraud", "score": 0.9},
                 {"id": "b", "timestamp": "2026-11-20T10:00:00Z", "prediction": "x"}]
                """
            let path = "/api/v1/predictions?service=other"
            #expect(
                text(try await post(served, path, predictions))
                    == #"{"status":"success","data":{"added":2,"unchanged":0,"changed":0,"outdated":0}}"#
            )
            #expect(text(try await post(served, path, predictions)).contains(#""unchanged":2"#))
            let labels = try await post(
                served, "/api/v1/labels", "{\"id\":7,\"label\":1}\n\n{\"id\":8,\"label\":true}\n",
                type: "application/x-ndjson; charset=utf-8")
            #expect(text(labels).contains(#""added":2"#))
        }
    }

    @Test("are refused where they are wrong, too long, or of a type that any page can send")
    func refused() async throws {
        var limits = APILimits()
        limits.bodyByteCount = 200
        try await Served.run(limits: limits) { served in
            let bad = try await post(
                served, "/api/v1/labels", "{\"id\":7,\"label\":1}\n{\"id\":8}\n")
            #expect(bad.status == 400 && text(bad).contains("record 2: there is no 'label'"))
            let broken = try await post(served, "/api/v1/labels", "[{]")
            #expect(broken.status == 400, "\(text(broken))")
            let after = try await post(served, "/api/v1/labels", "{\"id\":7,\"label\":1}")
            #expect(text(after).contains(#""added":1"#), "nothing of the first was taken")
            let long = String(repeating: " ", count: 300)
            #expect(try await post(served, "/api/v1/labels", long).status == 413)
            for type in ["text/plain", "application/x-www-form-urlencoded"] {
                let plain = try await post(served, "/api/v1/predictions", "{}", type: type)
                #expect(plain.status == 415)
            }
            #expect(try await served.get("/api/v1/predictions").status == 405)
            // As Prometheus is asked for the names of labels.
            let names = try await served.post("/api/v1/labels", "limit=1")
            #expect(text(names).contains(#""status":"success","data":["__name__"]"#))
        }
    }

    @Test("need the credentials of the API")
    func credentials() async throws {
        var settings = APISettings(host: "127.0.0.1", port: 0)
        settings.credentials = .bearer(token: "t")
        try await Served.run(settings) { served in
            let refused = try await post(served, "/api/v1/labels", "[]")
            #expect(refused.status == 401)
            var client = served
            client.credentials = .bearer(token: "t")
            let taken = try await post(client, "/api/v1/labels", "[]")
            #expect(taken.status == 200)
        }
    }
}
