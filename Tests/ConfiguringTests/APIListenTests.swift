import Alerting
import Foundation
import HTTP
import Scraping
import Testing

@testable import Configuring

@Suite("Where the HTTP API is served")
struct APISettingsTests {
    @Test("an API is off unless it is configured")
    func off() throws {
        #expect(try Workspace(["mlmon.yaml": "store: {}\n"]).load().api == nil)
    }

    @Test("a loopback address needs nothing more, others credentials and TLS, or insistence")
    func protection() throws {
        let loopback = try Workspace(["mlmon.yaml": "api: {listen: 127.0.0.1:9190}\n"]).load()
        #expect(loopback.api == APISettings(host: "127.0.0.1", port: 9190))
        let open = try Workspace([
            "mlmon.yaml":
                "api: {listen: ':9190', bearer_token: t, tls: {cert_file: c.pem, key_file: k.pem}}\n",
            "c.pem": "-", "k.pem": "-",
        ]).load()
        #expect(open.api?.host == "0.0.0.0")
        #expect(open.api?.credentials == .bearer(token: "t"))
        #expect(open.api?.tls != nil)
        let forced = try Workspace(["mlmon.yaml": "api: {listen: 'h:1', insecure: true}\n"]).load()
        #expect(forced.api?.isInsecure == true)
    }

    @Test(
        "addresses",
        arguments: [
            ("127.0.0.1:0", "127.0.0.1", true), ("[::1]:9190", "::1", true),
            ("localhost:1", "localhost", true), (":9190", "0.0.0.0", false),
            ("127.0.0.1.example.net:1", "127.0.0.1.example.net", false),
            ("10.0.0.1:80", "10.0.0.1", false),
        ])
    func addresses(text: String, host: String, isLoopback: Bool) throws {
        let settings = try #require(APISettings(listen: text))
        #expect(settings.host == host)
        #expect(settings.isLoopback == isLoopback)
        for wrong in ["", "h", "h:", "h:x", "h:70000", "::1:80", "a/b:1"] {
            #expect(APISettings(listen: wrong) == nil, "\(wrong)")
        }
    }
}
