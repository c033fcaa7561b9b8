/// An answer that arrived whole, whatever its status.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// Of the last answer after redirects, in order; names lower-case.
    package let headers: [(name: String, value: String)]
    /// Decompressed.
    package let body: [UInt8]
    /// Bytes on the wire of the body, compressed where the peer did.
    package let receivedByteCount: Int
    /// From the start of the request to the last byte, seconds.
    package let durationSeconds: Double

    package init(
        status: Int, headers: [(name: String, value: String)], body: [UInt8],
        receivedByteCount: Int, durationSeconds: Double
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.receivedByteCount = receivedByteCount
        self.durationSeconds = durationSeconds
    }

    /// The first header of that name, compared without regard to case.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name == wanted }?.value
    }
}
