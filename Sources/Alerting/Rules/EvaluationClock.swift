import TimeSeries

/// Decides whether rules may be evaluated at an instant, so that a wall clock that steps backwards
/// neither resolves what still holds nor fires what is over.
struct EvaluationClock: Sendable {
    enum Admission: Sendable, Equatable {
        case evaluate
        /// The clock was set back; nothing is evaluated until it catches up.
        case wait
        /// It did not catch up within `patience`: this instant is the new present, and no alert may
        /// keep a time after it.
        case evaluateRebased
    }

    /// The lookback of queries: after so long, no sample of the old time line is seen any more.
    static let patience = Duration.seconds(300)

    private(set) var latest: Timestamp?
    private var steppedBackTo: Timestamp?

    init(latest: Timestamp?) {
        self.latest = latest
    }

    mutating func admission(at now: Timestamp) -> Admission {
        guard let latest, now < latest else {
            latest = now
            steppedBackTo = nil
            return .evaluate
        }
        let start = min(steppedBackTo ?? now, now)
        steppedBackTo = start
        if now - start < Self.patience { return .wait }
        self.latest = now
        steppedBackTo = nil
        return .evaluateRebased
    }
}
