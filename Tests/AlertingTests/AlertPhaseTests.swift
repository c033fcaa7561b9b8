import Storage
import Testing
import TimeSeries

@testable import Alerting

@Suite struct AlertPhaseTests {
    private func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: 1_000 + seconds) }

    private func advanced(
        _ phase: AlertPhase, _ isBreaching: Bool, _ seconds: Double, hold: Duration = .zero,
        keep: Duration = .zero
    ) -> AlertPhase {
        phase.advanced(
            isBreaching: isBreaching, at: at(seconds), holding: hold, keepingFiring: keep)
    }

    @Test("without `for` an alert fires at once, and resolves at once")
    func immediate() {
        let firing = advanced(.inactive, true, 0)
        #expect(firing == .firing(since: at(0), conditionEnded: nil))
        #expect(advanced(firing, true, 5) == firing)
        #expect(advanced(firing, false, 9) == .resolved(at: at(9)))
    }

    @Test("a condition must hold without a break for all of `for`")
    func holding() {
        let pending = advanced(.inactive, true, 0, hold: .seconds(10))
        #expect(pending == .pending(since: at(0)))
        #expect(advanced(pending, true, 9.999, hold: .seconds(10)) == pending)
        #expect(
            advanced(pending, true, 10, hold: .seconds(10))
                == .firing(since: at(10), conditionEnded: nil))
        #expect(advanced(pending, false, 9, hold: .seconds(10)) == .inactive)
    }

    @Test("`keep_firing_for` bridges gaps, and counts from the last end of the condition")
    func keepFiring() {
        let firing = AlertPhase.firing(since: at(0), conditionEnded: nil)
        let kept = advanced(firing, false, 5, keep: .seconds(10))
        #expect(kept == .firing(since: at(0), conditionEnded: at(5)))
        #expect(advanced(kept, true, 12, keep: .seconds(10)) == firing)
        #expect(advanced(kept, false, 14, keep: .seconds(10)) == kept)
        #expect(advanced(kept, false, 15, keep: .seconds(10)) == .resolved(at: at(15)))
    }

    @Test("a resolved alert starts anew")
    func again() {
        let resolved = AlertPhase.resolved(at: at(0))
        #expect(advanced(resolved, false, 5) == resolved)
        #expect(advanced(resolved, true, 5, hold: .seconds(1)) == .pending(since: at(5)))
    }

    @Test("on a clock that was set back nothing lies in the future")
    func rebased() {
        #expect(AlertPhase.pending(since: at(50)).rebased(to: at(10)) == .pending(since: at(10)))
        #expect(
            AlertPhase.firing(since: at(5), conditionEnded: at(50)).rebased(to: at(10))
                == .firing(since: at(5), conditionEnded: at(10)))
    }

    @Test("a clock that steps back stops evaluation until it catches up, at most for the lookback")
    func evaluationClock() {
        var clock = EvaluationClock(latest: nil)
        #expect(clock.admission(at: at(1_000)) == .evaluate)
        #expect(clock.admission(at: at(990)) == .wait)
        #expect(clock.admission(at: at(999)) == .wait)
        #expect(clock.admission(at: at(1_000)) == .evaluate)
        #expect(clock.admission(at: at(0)) == .wait)
        #expect(clock.admission(at: at(299)) == .wait)
        #expect(clock.admission(at: at(300)) == .evaluateRebased)
        #expect(clock.admission(at: at(301)) == .evaluate)
    }
}
