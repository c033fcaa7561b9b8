import Foundation

/// One accepted connection of the test server: blocking reads and writes on a thread of its own.
struct TestConnection {
    struct Head {
        let method: String
        let target: String
        let headers: [(name: String, value: String)]
        let contentLength: Int
    }

    let socket: Int32

    /// The request line and headers, or nil where the peer went away.
    func readHead() -> Head? {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard bytes.count < 1 << 16, let byte = Socket.read(socket, byteCount: 1)?.first else {
                return nil
            }
            bytes.append(byte)
            if bytes[0] < UInt8(ascii: "A") {
                // TLS, most likely; plain servers answer it so.
                _ = write(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
                return nil
            }
        }
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (
                line[..<colon].lowercased(),
                line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            )
        }
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        return Head(method: words[0], target: words[1], headers: headers, contentLength: length)
    }

    func readBody(of head: Head) -> [UInt8] {
        var body: [UInt8] = []
        while body.count < head.contentLength,
            let part = Socket.read(socket, byteCount: min(head.contentLength - body.count, 1 << 16))
        {
            body += part
        }
        return body
    }

    /// - Returns: Whether the connection may carry another request.
    func send(_ reply: Reply, to request: TestServer.Request) -> Bool {
        if reply.delay > .zero {
            Thread.sleep(forTimeInterval: TimeInterval(reply.delay / .seconds(1)))
        }
        if let fault = reply.fault { return send(reply, fault: fault) }
        guard write(head(of: reply)) else { return false }
        if request.method != "HEAD" {
            guard write(framed(reply.body, as: reply.framing)) else { return false }
        }
        return !reply.closesConnection && reply.version != "HTTP/1.0"
            && reply.framing != .untilClose
    }

    private func send(_ reply: Reply, fault: Reply.Fault) -> Bool {
        switch fault {
        case .closesBeforeReply:
            break
        case .resetsBeforeReply:
            Socket.resetsOnClose(socket)
        case .hangs:
            Socket.waitForPeerToLeave(socket)
        case .truncates(let count):
            _ = write(head(of: reply)) && write(Array(reply.body.prefix(count)))
        case .resets(let count):
            // A reset may overtake what was sent; the wait gives the bytes a chance to be read.
            _ = write(head(of: reply)) && write(Array(reply.body.prefix(count)))
            Thread.sleep(forTimeInterval: 0.05)
            Socket.resetsOnClose(socket)
        case .stalls(let count):
            if write(head(of: reply)), write(Array(reply.body.prefix(count))) {
                Socket.waitForPeerToLeave(socket)
            }
        case .trickles:
            for byte in head(of: reply) + reply.body {
                guard write([byte]) else { break }
                Thread.sleep(forTimeInterval: 0.02)
            }
        case .neverEnds:
            var endless = reply
            if endless.body.isEmpty { endless.body = Array(repeating: 35, count: 4096) }
            endless.framing = .chunked(byteCount: endless.body.count)
            let chunk = framed(endless.body, as: endless.framing, isLast: false)
            if write(head(of: endless)) { while write(chunk) {} }
        case .neverEndsHeaders:
            if write(Array("HTTP/1.1 200 OK\r\n".utf8)) {
                let line = Array("X-Filler: \(String(repeating: "x", count: 100))\r\n".utf8)
                while write(line) {}
            }
        case .garbage(let bytes):
            _ = write(bytes)
        }
        return false
    }

    private func head(of reply: Reply) -> [UInt8] {
        var text = "\(reply.version) \(reply.status) \(reply.status == 200 ? "OK" : "Status")\r\n"
        for (name, value) in reply.headers { text += "\(name): \(value)\r\n" }
        switch reply.framing {
        case .contentLength: text += "Content-Length: \(reply.body.count)\r\n"
        case .chunked: text += "Transfer-Encoding: chunked\r\n"
        case .untilClose: break
        }
        if reply.closesConnection { text += "Connection: close\r\n" }
        return Array((text + "\r\n").utf8)
    }

    private func framed(
        _ body: [UInt8], as framing: Reply.Framing, isLast: Bool = true
    ) -> [UInt8] {
        guard case .chunked(let byteCount) = framing else { return body }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: body.count, by: max(byteCount, 1)) {
            let chunk = body[start..<min(start + max(byteCount, 1), body.count)]
            bytes += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + [13, 10]
        }
        return isLast ? bytes + Array("0\r\n\r\n".utf8) : bytes
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        Socket.write(bytes, to: socket)
    }
}
