import Configuring
import Hummingbird
import HummingbirdCore

#if canImport(HummingbirdTLS)
    import HummingbirdTLS
#endif

/// How connections are taken: plain, or over TLS where the package is built with it.
enum TLSServer {
    static func builder(
        _ tls: APISettings.TLS?, idleTimeoutSeconds: Int64
    ) throws -> HTTPServerBuilder {
        let plain = HTTPServerBuilder.http1(
            configuration: .init(idleTimeout: .seconds(idleTimeoutSeconds)))
        guard let tls else { return plain }
        #if canImport(HummingbirdTLS)
            let chain = try NIOSSLCertificate.fromPEMFile(tls.certificatePath)
            let key = try NIOSSLPrivateKey(file: tls.keyPath, format: .pem)
            return try .tls(
                plain,
                tlsConfiguration: .makeServerConfiguration(
                    certificateChain: chain.map { .certificate($0) },
                    privateKey: .privateKey(key)))
        #else
            throw APIError(
                message: "this build cannot serve TLS with '\(tls.certificatePath)'; put a proxy "
                    + "with TLS before a loopback address")
        #endif
    }
}
