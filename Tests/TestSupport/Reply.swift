/// What the test server answers to one request, and how it misbehaves while doing so.
package struct Reply: Sendable {
    /// How the end of the body is told.
    package enum Framing: Sendable, Equatable {
        case contentLength
        /// In chunks of that many bytes.
        case chunked(byteCount: Int)
        /// By closing the connection, as HTTP/1.0 does.
        case untilClose
    }

    package enum Fault: Sendable, Equatable {
        /// Reads the request and closes without a byte.
        case closesBeforeReply
        /// Sends a TCP reset instead of an answer.
        case resetsBeforeReply
        /// Reads the request and never answers.
        case hangs
        /// Announces the whole body, sends its first bytes, then closes.
        case truncates(afterByteCount: Int)
        /// Sends the first bytes of the body, then resets.
        case resets(afterByteCount: Int)
        /// Sends the first bytes of the body, then nothing more, with the connection open.
        case stalls(afterByteCount: Int)
        /// Sends the whole answer, a byte every 20 milliseconds: what waits for the next byte alone
        /// waits for minutes.
        case trickles
        /// Sends the body again and again, chunked, until the client goes away.
        case neverEnds
        /// Sends header lines until the client goes away.
        case neverEndsHeaders
        /// Sends these bytes in place of a whole answer, then closes.
        case garbage([UInt8])
    }

    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var framing: Framing = .contentLength
    /// `HTTP/1.1` or `HTTP/1.0`; the latter closes after the answer.
    package var version = "HTTP/1.1"
    /// Before the status line.
    package var delay: Duration = .zero
    /// Closes after the answer and says so.
    package var closesConnection = false
    package var fault: Fault?

    package init(
        status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A body with its type, a metrics page unless told otherwise.
    package static func text(
        _ body: String, type: String? = "text/plain; version=0.0.4; charset=utf-8",
        status: Int = 200
    ) -> Reply {
        Reply(
            status: status, headers: type.map { [(name: "Content-Type", value: $0)] } ?? [],
            body: Array(body.utf8))
    }

    package static func status(_ status: Int, _ body: String = "") -> Reply {
        .text(body, status: status)
    }

    /// A redirect; `location` may be relative.
    package static func redirect(to location: String, status: Int = 307) -> Reply {
        Reply(status: status, headers: [(name: "Location", value: location)])
    }

    package static func fault(_ fault: Fault, body: String = "") -> Reply {
        var reply = Reply.text(body)
        reply.fault = fault
        return reply
    }

    /// The same answer with the body compressed.
    package func gzipped() -> Reply {
        var reply = self
        reply.body = Gzip.stored(body)
        reply.headers.append((name: "Content-Encoding", value: "gzip"))
        return reply
    }
}
