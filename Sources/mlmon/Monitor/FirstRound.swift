import Synchronization

/// The first scrape of every target, which what computes waits for: after a start on a known file
/// each scrape looks up where its counters ended, and there is nothing new to judge before.
final class FirstRound: Sendable {
    /// Waited for at most.
    private static let patience = Duration.seconds(10)
    private static let step = Duration.milliseconds(50)

    private let missing: Mutex<Set<Int>>
    private let isTurnTaken = Mutex(false)

    init(targetCount: Int) {
        missing = Mutex(Set(0..<targetCount))
    }

    /// A target was scraped, successfully or not.
    func note(targetIndex: Int) {
        missing.withLock { missing in
            if !missing.isEmpty { missing.remove(targetIndex) }
        }
    }

    var isOver: Bool { missing.withLock(\.isEmpty) }

    /// Returns when every target was scraped, after a while in any case, and when the task is
    /// cancelled.
    func wait() async {
        let end = ContinuousClock.now + Self.patience
        while !isOver, ContinuousClock.now < end, !Task.isCancelled {
            try? await Task.sleep(for: Self.step)
        }
    }

    /// Does a service's first work after it, one service at a time: each has to read what was
    /// before, and all at once would hold up the scrapes.
    func inTurn(_ work: () async throws -> Void) async rethrows {
        await wait()
        while !takeTurn() {
            if Task.isCancelled { return }
            try? await Task.sleep(for: Self.step)
        }
        defer { isTurnTaken.withLock { $0 = false } }
        try await work()
    }

    private func takeTurn() -> Bool {
        isTurnTaken.withLock { isTaken in
            if isTaken { return false }
            isTaken = true
            return true
        }
    }
}
