import Synchronization

/// A wall clock that only moves when the test says so. Milliseconds since the epoch.
///
///     let clock = ManualClock(at: 1_700_000_000_000)
///     let scraper = Scraper(…, now: { Timestamp(milliseconds: clock.now) }, sleep: clock.sleep)
///     await clock.waitForSleepers(1)
///     clock.advance(by: .seconds(15))
package final class ManualClock: Sendable {
    private struct Sleeper {
        let id: UInt64
        let due: Int64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Int64
        var lastID: UInt64 = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<UInt64> = []
    }

    private let state: Mutex<State>

    package init(at milliseconds: Int64 = 1_700_000_000_000) {
        state = Mutex(State(now: milliseconds))
    }

    package var now: Int64 { state.withLock { $0.now } }

    /// When the sleeper that wakes first is due; nil where nobody sleeps.
    package var nextDue: Int64? { state.withLock { $0.sleepers.map(\.due).min() } }

    /// Moves forward, or back where the duration is negative, and wakes who is due.
    package func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        set(to: now + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// Jumps to an instant and wakes who is due.
    package func set(to milliseconds: Int64) {
        let due = state.withLock { state in
            state.now = milliseconds
            let due = state.sleepers.filter { $0.due <= milliseconds }
            state.sleepers.removeAll { $0.due <= milliseconds }
            return due
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Returns when the clock has moved that far, or throws `CancellationError`.
    ///
    /// Measured on the clock as it stands, so a backward jump sleeps longer.
    package func sleep(for duration: Duration) async throws {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if milliseconds <= 0 { return .success(()) }
                    state.sleepers.append(
                        Sleeper(id: id, due: state.now + milliseconds, continuation: continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            cancel(id)
        }
    }

    /// Returns when that many sleep at the same time; false where it takes longer than half a minute.
    @discardableResult
    package func waitForSleepers(_ count: Int) async -> Bool {
        await eventually { self.state.withLock { $0.sleepers.count >= count } }
    }

    private func cancel(_ id: UInt64) {
        let sleeper = state.withLock { state -> Sleeper? in
            guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            return state.sleepers.remove(at: index)
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}

/// Asks every few milliseconds until the answer is true, for at most `seconds`.
///
/// For what happens on other threads; the outcome is asserted, never the time it took. A machine
/// that is busy elsewhere gets more time: a question is asked at least ten times a second asked for.
@discardableResult
package func eventually(
    within seconds: Double = 30, _ condition: @Sendable () -> Bool
) async -> Bool {
    let end = ContinuousClock.now.advanced(by: .seconds(seconds))
    var asked = 0
    while !condition() {
        asked += 1
        if ContinuousClock.now >= end, Double(asked) >= seconds * 10 { return condition() }
        try? await Task.sleep(for: .milliseconds(3))
        if Task.isCancelled { return condition() }
    }
    return true
}
