import API
import Configuring
import Foundation
import TestSupport
import Testing

@Suite("The HTTP API over TLS")
struct TLSTests {
    @Test("an address that other machines reach is served with credentials and TLS")
    func encrypted() async throws {
        let folder = try TemporaryDirectory()
        var settings = APISettings(host: "0.0.0.0", port: 0)
        settings.tls = try Self.files(in: folder, Self.certificate, Self.key)
        #expect(settings.refusal?.contains("bearer_token") == true)
        settings.credentials = .bearer(token: "secret")
        #expect(settings.refusal == nil)
        try await Served.run(settings) { api in
            var api = api
            try await api.expect(401, "/api/v1/labels")
            api.credentials = .bearer(token: "secret")
            try await api.expect(200, "/api/v1/labels")
            api.scheme = "http"
            await #expect(throws: (any Error).self) { try await api.get("/api/v1/labels") }
        }
    }

    @Test("files that make no TLS server are named")
    func mistakes() async throws {
        let folder = try TemporaryDirectory()
        var settings = APISettings(host: "127.0.0.1", port: 0)
        let broken = [
            ("nothing", Self.key, "cert_file"), (Self.certificate, "nothing", "key_file"),
        ]
        for (certificate, key, named) in broken {
            settings.tls = try Self.files(in: folder, certificate, key)
            let error = await #expect(throws: APIError.self) {
                try await Served.run(settings) { _ in }
            }
            #expect(error?.message.contains("tls.\(named)") == true, "\(String(describing: error))")
        }
    }

    private static func files(
        in folder: TemporaryDirectory, _ certificate: String, _ key: String
    ) throws -> APISettings.TLS {
        let tls = APISettings.TLS(
            certificatePath: folder.file("cert.pem"), keyPath: folder.file("key.pem"))
        try certificate.write(toFile: tls.certificatePath, atomically: true, encoding: .utf8)
        try key.write(toFile: tls.keyPath, atomically: true, encoding: .utf8)
        return tls
    }

    /// Of localhost, until 2126; made for these tests and used nowhere else.
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUGgAwIBAgIUCt2KzjzZ8QTgfHFsNzI+90yZjWgwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTEyMDQ1OFoYDzIxMjYxMDI4
        MTIwNDU4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQc6B+QzrbZJghd0BheD9+gg2ExE+b1R9FRZQd4A8HH16ArS8H2lpi2
        sXBpCFcbs0caGY3fX/njmthmLhNYogslo28wbTAdBgNVHQ4EFgQUJ/s1hTOtcdwA
        jh4faK29OFD4jTwwHwYDVR0jBBgwFoAUJ/s1hTOtcdwAjh4faK29OFD4jTwwDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
        zj0EAwIDSAAwRQIgcMpb7y5uWy4ltplacqMGjwl2BsvyJpZyUl6PWvVCZsgCIQDz
        1hLa3Q6hjINqPwQU748KRoR7POSuNkLKYdsXG1/Law==
        -----END CERTIFICATE-----
        """
    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghUkNmuLr/cuvrrO2
        TEMWfmbZypBX6v51pYw9t6dRVS2hRANCAAQc6B+QzrbZJghd0BheD9+gg2ExE+b1
        R9FRZQd4A8HH16ArS8H2lpi2sXBpCFcbs0caGY3fX/njmthmLhNYogsl
        -----END PRIVATE KEY-----
        """
}
