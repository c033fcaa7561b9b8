/// A request that brought no whole answer. An answer with status 500 is not an error.
package struct HTTPError: Error, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable {
        /// Not an `http` or `https` URL.
        case badURL
        /// A header or method that cannot be sent.
        case badRequest
        case resolve
        case connect
        case tls
        case timeout
        /// The headers or the body grew over their limit.
        case tooLarge
        /// A redirect that is not followed, or one too many.
        case redirect
        /// The peer closed or reset the connection before the end of the answer.
        case interrupted
        /// The answer is not HTTP, or its body not what its headers say.
        case malformed
        case cancelled
        /// The client was shut down.
        case shutDown
        /// libcurl could not do its work, for want of memory or descriptors.
        case failure
    }

    package let kind: Kind
    /// What failed and the remedy; names the host, never a path, query, user or password.
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }

    /// Whether the same request may succeed later without a change of configuration.
    package var isTransient: Bool {
        switch kind {
        case .resolve, .connect, .tls, .timeout, .interrupted, .malformed, .failure: true
        case .badURL, .badRequest, .tooLarge, .redirect, .cancelled, .shutDown: false
        }
    }
}
