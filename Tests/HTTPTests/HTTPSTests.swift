import Foundation
import TestSupport
import Testing

@testable import HTTP

/// `openssl s_server` over a folder, with a certificate of its own for 127.0.0.1.
private final class TLSServer: Sendable {
    static let tool = ["/usr/bin/openssl", "/usr/local/bin/openssl", "/opt/homebrew/bin/openssl"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    let port: Int
    let certificatePath: String
    private let folder: TemporaryDirectory
    private let processID: Int32

    struct NotStarted: Error {
        let output: String
    }

    /// - Parameter address: The one the certificate is made out to.
    init(certifying address: String = "127.0.0.1") throws {
        folder = try TemporaryDirectory("mlmon-tls")
        certificatePath = folder.file("certificate.pem")
        let key = folder.file("key.pem")
        try folder.write("up 1\n", to: "metrics")
        let request = Self.process(
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
                "-out", certificatePath, "-subj", "/CN=test", "-addext",
                "subjectAltName=IP:\(address)",
            ], in: folder.path)
        try request.run()
        request.waitUntilExit()
        let server = Self.process(
            ["s_server", "-accept", "127.0.0.1:0", "-cert", certificatePath, "-key", key, "-WWW"],
            in: folder.path)
        let output = Pipe()
        server.standardOutput = output
        try server.run()
        processID = server.processIdentifier
        var text = ""
        while !text.contains("ACCEPT 127.0.0.1:") || !text.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { throw NotStarted(output: text) }
            text += String(decoding: data, as: UTF8.self)
        }
        let digits = text.components(separatedBy: "ACCEPT 127.0.0.1:")[1].prefix { $0.isNumber }
        guard let port = Int(digits) else { throw NotStarted(output: text) }
        self.port = port
    }

    deinit { kill(processID, SIGKILL) }

    var url: String { "https://127.0.0.1:\(port)/metrics" }

    private static func process(_ arguments: [String], in folder: String) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tool ?? "")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        return process
    }
}

@Suite("HTTPS") struct HTTPSTests {
    private static var hasServer: Bool { TLSServer.tool != nil }

    @Test(
        "a certificate that nobody vouches for is refused, with the remedy", .enabled(if: hasServer)
    )
    func untrusted() async throws {
        let server = try TLSServer()
        let error = try await withClient { await failure(of: request(server.url), with: $0) }
        #expect(error?.kind == .tls)
        #expect(error?.message.contains("certificate not trusted") == true)
        #expect(error?.message.contains("PEM file") == true)
    }

    @Test("the authority's file makes it trusted", .enabled(if: hasServer))
    func authority() async throws {
        let server = try TLSServer()
        let response = try await withClient { client in
            var get = request(server.url)
            get.tls.certificateAuthorityPath = server.certificatePath
            return try await client.response(to: get)
        }
        #expect(response.status == 200)
        #expect(response.body == Array("up 1\n".utf8))
    }

    @Test("a trusted certificate of another host is refused", .enabled(if: hasServer))
    func otherHost() async throws {
        let server = try TLSServer(certifying: "127.0.0.2")
        let error = try await withClient { client in
            var get = request(server.url)
            get.tls.certificateAuthorityPath = server.certificatePath
            return await failure(of: get, with: client)
        }
        #expect(error?.kind == .tls)
    }

    @Test("insecure is for the request that says so, and no other", .enabled(if: hasServer))
    func insecure() async throws {
        let server = try TLSServer()
        try await withClient { client in
            var get = request(server.url)
            get.tls.isInsecure = true
            let response = try await client.response(to: get)
            #expect(response.status == 200)
            #expect(await failure(of: request(server.url), with: client)?.kind == .tls)
        }
    }

    @Test("an authority's file that cannot be read is told")
    func missingAuthority() async throws {
        let server = try TestServer { _ in .status(200) }
        let error = try await withClient { client in
            var get = request("https://127.0.0.1:\(server.port)/")
            get.tls.certificateAuthorityPath = "/nonexistent/ca.pem"
            return await failure(of: get, with: client)
        }
        #expect(error?.kind == .tls)
        #expect(error?.message.contains("cannot be read") == true, "\(error?.message ?? "")")
    }

    @Test("https on a port that speaks plain HTTP is told as that")
    func plainPort() async throws {
        let server = try TestServer { _ in .status(200) }
        let error = try await withClient {
            await failure(of: request("https://127.0.0.1:\(server.port)/"), with: $0)
        }
        #expect(error?.kind == .tls)
        #expect(error?.message.contains("is it http://?") == true, "\(error?.message ?? "")")
    }
}
