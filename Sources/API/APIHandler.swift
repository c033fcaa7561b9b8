import Configuring
import Foundation
import Hummingbird
import Querying
import Synchronization
import TimeSeries

/// Answers requests: who may ask, how many at a time, and what about.
final class APIHandler: Sendable {
    let settings: APISettings
    let sources: APISources
    let limits: APILimits
    let counters = Mutex(RequestCounters())
    private let threads = DispatchQueue(label: "mlmon.api", attributes: .concurrent)

    init(settings: APISettings, sources: APISources, limits: APILimits) {
        self.settings = settings
        self.sources = sources
        self.limits = limits
    }

    /// Asks itself a small question of the usual kind: the first question of a process opens
    /// connections, reads which series are scraped together and has the runtime look up types, for
    /// which nobody should wait.
    ///
    /// - Returns: When that is done, or has taken so long that others should be served meanwhile.
    func warmUp(atMost limit: DispatchTimeInterval) async {
        let (ends, end) = AsyncStream.makeStream(of: Never.self)
        threads.async { [self] in
            let newest = try? sources.store.prepareReading()
            if let newest { _ = try? answer(to: Self.earlyQuestion(newest.labels, newest.at)) }
            end.finish()
        }
        threads.asyncAfter(deadline: .now() + limit) { end.finish() }
        for await _ in ends {}
    }

    /// Of the series' metric, as far as one target shows it.
    private static func earlyQuestion(_ labels: LabelSet, _ at: Timestamp) -> APIRequest {
        let matchers = [LabelSet.metricNameLabel, "instance"].compactMap { name in
            labels[name].map { "\(name)=\(quoted($0))" }
        }
        let rate = "rate({\(matchers.joined(separator: ","))}[1m])"
        return APIRequest(
            path: "/api/v1/query_range",
            parameters: [
                ("query", "histogram_quantile(0.9,sum by(le)(\(rate)))"),
                ("start", "\(at.seconds - 60)"), ("end", "\(at.seconds)"), ("step", "2"),
            ])
    }

    func response(to request: Request) async -> Response {
        let path = request.uri.path
        if path == "/-/healthy" { return Self.text("mlmon is Healthy.\n") }
        if path == "/-/ready" { return readiness }
        guard Self.isAllowed(request.head.authority, settings) else {
            return Self.text("this address is served under names of the loopback only\n", 403)
        }
        guard isAuthorized(request.headers[.authorization]) else {
            var response = Self.text("Unauthorized\n", 401)
            response.headers[.wwwAuthenticate] = challenge
            return response
        }
        guard request.method == .get || request.method == .post else {
            var response = Self.text("Method Not Allowed\n", 405)
            response.headers[.allow] = "GET, POST"
            return response
        }
        if let refusal = Self.refusal(ofRecords: request) { return refusal }
        return await answer(to: request)
    }

    /// Not ready while nothing can be written; who asks need not show credentials, and is told
    /// no paths.
    private var readiness: Response {
        switch sources.store.condition {
        case .sound: Self.text("mlmon is Ready.\n")
        case .diskFull: Self.text("the disk is full: samples wait in memory\n", 503)
        case .failing: Self.text("the store cannot be written: samples wait in memory\n", 503)
        }
    }

    private func answer(to request: Request) async -> Response {
        let body: (form: [UInt8], records: [UInt8])
        do {
            body = try await Self.body(of: request, limit: limits.bodyByteCount)
        } catch {
            return Self.text("the body is longer than \(limits.bodyByteCount) bytes\n", 413)
        }
        let question = APIRequest(
            path: request.uri.path, accept: request.headers[.accept] ?? "",
            query: request.uri.query, form: body.form,
            records: Self.holdsRecords(request) ? body.records : nil)
        guard counters.withLock({ $0.begin(limit: limits.concurrentCount) }) else {
            return Self.failure(
                APIFailure(
                    status: 503, "unavailable",
                    "\(limits.concurrentCount) questions are at work already; ask again"))
        }
        return await withCheckedContinuation { continuation in
            threads.async {
                continuation.resume(returning: self.measuredAnswer(to: question))
            }
        }
    }

    private func measuredAnswer(to question: APIRequest) -> Response {
        let clock = ContinuousClock()
        let start = clock.now
        var status = 200
        let response: Response
        do {
            let answer = try answer(to: question)
            response = Self.response(answer.bytes, contentType: answer.contentType)
        } catch {
            let failure = APIFailure(error)
            status = failure.status
            response = Self.failure(failure)
        }
        counters.withLock {
            $0.end(Self.handlerName(question.path), status: status, after: clock.now - start)
        }
        return response
    }

    /// A form, or records; nothing where the body is of another kind.
    private static func body(
        of request: Request, limit: Int
    ) async throws -> (form: [UInt8], records: [UInt8]) {
        guard request.method == .post else { return ([], []) }
        let body = Array(try await request.body.collect(upTo: limit).readableBytesView)
        if holdsRecords(request) { return ([], body) }
        let type = request.headers[.contentType] ?? ""
        return type.lowercased().hasPrefix("application/x-www-form-urlencoded")
            ? (body, []) : ([], [])
    }
}

// MARK: - Who may ask

extension APIHandler {
    /// A page of the web that resolves its own name to 127.0.0.1 must not read what is here, so a
    /// loopback address without credentials answers only to its own names.
    static func isAllowed(_ authority: String?, _ settings: APISettings) -> Bool {
        guard settings.isLoopback, settings.credentials == .none, let authority else { return true }
        guard var named = APISettings(listen: authority) ?? APISettings(listen: authority + ":80")
        else { return false }
        named.host = named.host.lowercased()
        return named.isLoopback
    }

    private var challenge: String {
        if case .bearer = settings.credentials { return "Bearer realm=\"mlmon\"" }
        return "Basic realm=\"mlmon\""
    }

    private func isAuthorized(_ header: String?) -> Bool {
        let expected: String
        switch settings.credentials {
        case .none: return true
        case .bearer(let token): expected = "Bearer " + token
        case .basic(let user, let password):
            expected = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
        }
        return Self.isEqual(Array((header ?? "").utf8), Array(expected.utf8))
    }

    /// Takes the same time wherever the first difference is.
    private static func isEqual(_ given: [UInt8], _ expected: [UInt8]) -> Bool {
        var difference = given.count ^ expected.count
        for index in expected.indices {
            difference |= Int((index < given.count ? given[index] : 0) ^ expected[index])
        }
        return difference == 0
    }
}

// MARK: - Answers

extension APIHandler {
    static func response(
        _ bytes: [UInt8], contentType: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: contentType, .contentLength: "\(bytes.count)",
                .cacheControl: "no-store",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func text(_ text: String, _ status: Int = 200) -> Response {
        response(
            Array(text.utf8), contentType: "text/plain; charset=utf-8",
            status: .init(code: status))
    }

    static func failure(_ failure: APIFailure) -> Response {
        response(
            failure.body, contentType: "application/json", status: .init(code: failure.status))
    }
}
