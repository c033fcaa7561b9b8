import Synchronization

/// The first scrape of every target, which what computes waits for: after a start on a known file
/// each scrape looks up where its counters ended, and there is nothing new to judge before.
final class FirstRound: Sendable {
    /// Ends when what is waited for has come; nothing is sent.
    private typealias Signal = AsyncStream<Never>

    private struct State {
        var missing: Set<Int>
        var waiting: [Signal.Continuation] = []
        /// Who is first has the turn.
        var line: [(number: Int, signal: Signal.Continuation)] = []
        var lastNumber = 0

        mutating func note(_ targetIndex: Int) {
            guard missing.remove(targetIndex) != nil, missing.isEmpty else { return }
            for signal in waiting { signal.finish() }
            waiting = []
        }

        mutating func waitForAll() -> Signal {
            let (signal, continuation) = Signal.makeStream()
            if missing.isEmpty { continuation.finish() } else { waiting.append(continuation) }
            return signal
        }

        mutating func lineUp() -> (number: Int, turn: Signal) {
            let (turn, continuation) = Signal.makeStream()
            lastNumber += 1
            line.append((lastNumber, continuation))
            line.first?.signal.finish()
            return (lastNumber, turn)
        }

        mutating func leave(_ number: Int) {
            line.removeAll { $0.number == number }
            line.first?.signal.finish()
        }
    }

    /// Waited for at most.
    private static let patience = Duration.seconds(10)

    private let state: Mutex<State>

    init(targetCount: Int) {
        state = Mutex(State(missing: Set(0..<targetCount)))
    }

    /// A target was scraped, successfully or not.
    func note(targetIndex: Int) {
        state.withLock { $0.note(targetIndex) }
    }

    var isOver: Bool { state.withLock(\.missing.isEmpty) }

    /// Returns when every target was scraped, after a while in any case, and when the task is
    /// cancelled.
    func wait() async {
        let all = state.withLock { $0.waitForAll() }
        await withTaskGroup { group in
            group.addTask { for await _ in all {} }
            group.addTask { try? await Task.sleep(for: Self.patience) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Does a service's first work after it, one service at a time: each has to read what was
    /// before, and all at once would hold up the scrapes. Does nothing where the task is cancelled.
    func inTurn(_ work: () async throws -> Void) async rethrows {
        await wait()
        let (number, turn) = state.withLock { $0.lineUp() }
        defer { state.withLock { $0.leave(number) } }
        for await _ in turn {}
        if Task.isCancelled { return }
        try await work()
    }
}
