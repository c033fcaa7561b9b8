import Configuring
import HummingbirdCore
import HummingbirdTLS

/// How connections are taken: plain, or over TLS 1.2 and later.
enum TLSServer {
    /// - Throws: `APIError` where a file cannot be read, holds no certificate or key, or the two
    ///   do not belong together.
    static func builder(
        _ tls: APISettings.TLS?, idleTimeout: Duration
    ) throws -> HTTPServerBuilder {
        let plain = HTTPServerBuilder.http1(
            configuration: .init(idleTimeout: .milliseconds(idleTimeout.milliseconds)))
        guard let tls else { return plain }
        let chain = try reading("cert_file", tls.certificatePath) {
            try NIOSSLCertificate.fromPEMFile($0)
        }
        let key = try reading("key_file", tls.keyPath) {
            try NIOSSLPrivateKey(file: $0, format: .pem)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        do {
            return try .tls(plain, tlsConfiguration: configuration)
        } catch {
            throw APIError(
                message: "'\(tls.certificatePath)' and '\(tls.keyPath)' do not make a TLS server: "
                    + "\(error)")
        }
    }

    private static func reading<T>(
        _ option: String, _ path: String, _ body: (String) throws -> T
    ) throws -> T {
        do {
            return try body(path)
        } catch {
            throw APIError(
                message: "tls.\(option) '\(path)' holds no PEM that can be used: \(error)")
        }
    }
}
