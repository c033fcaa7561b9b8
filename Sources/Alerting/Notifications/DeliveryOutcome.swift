import HTTP
import TimeSeries

/// What one attempt means for its message: one set of rules for every HTTP receiver.
package enum DeliveryOutcome: Sendable, Equatable {
    case delivered
    /// To be tried again; not before `retryAfter`, where the receiver gave one.
    case transient(reason: String, retryAfter: Duration?)
    /// Never to be tried again.
    case permanent(reason: String)
    /// To be tried once more with a shorter body.
    case tooLarge(reason: String)
    /// The receiver is gone for good: nothing more is sent to it until the configuration is read
    /// again.
    case gone(reason: String)
    /// The program is ending; the message stays as it is.
    case interrupted

    static let maximumRetryAfter = Duration.seconds(3_600)

    package init(_ response: HTTPResponse, at now: Timestamp) {
        let reason = "the receiver answered \(response.status)\(Self.excerpt(of: response))"
        switch response.status {
        case 200..<300: self = .delivered
        case 300..<400:
            self = .permanent(
                reason: "the receiver answered \(response.status), a redirect"
                    + Self.redirectHost(of: response) + "; notifications follow none")
        case 408, 425, 429, 500..<600:
            let wait = response.header("retry-after").flatMap { RetryAfter($0, at: now)?.wait }
            self = .transient(
                reason: reason, retryAfter: wait.map { min($0, Self.maximumRetryAfter) })
        case 410: self = .gone(reason: reason)
        case 413: self = .tooLarge(reason: reason)
        default: self = .permanent(reason: reason)
        }
    }

    package init(_ error: HTTPError) {
        switch error.kind {
        case .cancelled, .shutDown: self = .interrupted
        // Which status stood before the endless body is not known here.
        case .tooLarge: self = .transient(reason: error.message, retryAfter: nil)
        case .badURL, .badRequest, .redirect: self = .permanent(reason: error.message)
        default: self = .transient(reason: error.message, retryAfter: nil)
        }
    }

    /// The first words of the answer, which often name the mistake.
    private static func excerpt(of response: HTTPResponse) -> String {
        let scalars = String(decoding: response.body.prefix(400), as: UTF8.self).unicodeScalars
        let words = String(
            String.UnicodeScalarView(
                scalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? " " : $0 })
        ).split(separator: " ").joined(separator: " ")
        return words.isEmpty ? "" : ": \(words.prefix(120))"
    }

    /// Only the host: path and query of webhook addresses are secrets.
    private static func redirectHost(of response: HTTPResponse) -> String {
        guard let location = response.header("location"),
            let start = location.range(of: "://")?.upperBound
        else { return "" }
        let host =
            location[start...].prefix { !"/?#".contains($0) }
            .split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let isPlain = host.unicodeScalars.allSatisfy { (0x21..<0x7F).contains($0.value) }
        return isPlain && !host.isEmpty ? " to \(host.prefix(100))" : ""
    }
}

/// The value of a `Retry-After` header: seconds, or a date (RFC 9110, 10.2.3).
struct RetryAfter {
    /// From now on; zero for a date that has passed.
    let wait: Duration

    init?(_ text: String, at now: Timestamp) {
        let text = text.trimmingPrefix { $0 == " " }
        if !text.isEmpty, text.allSatisfy({ ("0"..."9").contains($0) }) {
            wait = .seconds(Int64(String(text)) ?? 1 << 31)
            return
        }
        guard let date = Self.date(String(text)) else { return nil }
        wait = max(date - now, .zero)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard words.count == 6, words[5] == "GMT", words[1].count == 2, words[3].count == 4,
            let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(parsing: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
    }
}

/// How long to wait after an attempt that failed: full jitter under an exponential ceiling.
///
/// Source: M. Brooker, *Exponential Backoff and Jitter*, AWS Architecture Blog, 2015.
enum Backoff {
    static let base = Duration.seconds(1)
    static let ceiling = Duration.seconds(300)
    /// However lucky the draw, so that one pass never tries twice.
    static let floor = Duration.milliseconds(100)

    /// - Parameters:
    ///   - failureCount: Attempts that failed so far, at least 1.
    ///   - fraction: Random, in 0..<1.
    static func wait(afterFailures failureCount: Int, fraction: Double) -> Duration {
        let exponent = min(max(failureCount - 1, 0), 16)
        return min(base * (1 << exponent), ceiling) * fraction
    }
}
