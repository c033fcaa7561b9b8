import Querying
import Synchronization
import TimeSeries

/// Turns the pages of one target into the signal series that everything downstream reads.
///
/// Which numbers of a page make up which signal is worked out once for each `SeriesTable`; a
/// steady page then costs a few operations for each number that counts.
package final class SignalRecorder: Sendable {
    private struct State {
        var ledger = SignalLedger()
        var preset: Preset?
        /// Made to ask the store, for the page that is recorded next.
        var prepared: SignalProposal?
    }

    private let targetLabels: LabelSet
    private let presetName: String?
    private let library: PresetLibrary
    private let state = Mutex(State())

    /// - Parameters:
    ///   - targetLabels: As given to the target's `PageReader`.
    ///   - presetName: As configured, or nil to recognise it from the pages.
    package init(targetLabels: LabelSet, presetName: String?, library: PresetLibrary) {
        self.targetLabels = targetLabels
        self.presetName = presetName
        self.library = library
    }

    /// The preset in force; nil before the first page.
    package var preset: Preset? { state.withLock { $0.preset } }

    /// Whether the preset was recognised rather than configured.
    package var isPresetRecognised: Bool { presetName == nil }

    /// What cannot be turned into signals rightly, for people; at most a handful.
    package var warnings: [String] { state.withLock { $0.ledger.warnings } }

    /// What must be looked up in the store and given to `seed` before the first page is recorded,
    /// so that counting goes on where it ended; nil once recording has begun.
    package func requiredSeries(for page: ParsedPage) -> RequiredSeries? {
        state.withLock { state in
            guard !state.ledger.hasBegun else { return nil }
            let proposal = proposal(for: page, &state)
            state.prepared = proposal
            let plan = proposal.plan
            return RequiredSeries(
                raw: plan.counters.map { plan.table.labels[Int($0.rawIndex)] },
                outputs: outputSelector)
        }
    }

    /// Last known values by labels: of raw counters, and of the signal series made of them.
    ///
    /// A raw counter whose last stored sample is a stale marker is given as NaN. Without effect
    /// once recording has begun.
    package func seed(raw: [LabelSet: Double], outputs: [LabelSet: Double]) {
        state.withLock { $0.ledger.seed(raw: raw, outputs: outputs) }
    }

    /// The signal series of a page; more than one batch when a series is new, which then begins
    /// with a zero at the time of the page before.
    package func record(_ page: ParsedPage) -> [SampleBatch] {
        state.withLock { state in
            if state.ledger.needsPlan(for: page) {
                state.ledger.adopt(proposal(for: page, &state), for: page)
            }
            return state.ledger.record(page)
        }
    }

    /// Stale markers for the signal series when a scrape failed; nil when there are none or they
    /// were given before.
    package func missed(at: Timestamp) -> SampleBatch? {
        state.withLock { $0.ledger.missed(at: at) }
    }

    private func proposal(for page: ParsedPage, _ state: inout State) -> SignalProposal {
        if let prepared = state.prepared.take(), prepared.plan.table === page.batch.table {
            return prepared
        }
        let index = PageIndex(page)
        let preset = library.preset(for: index, named: presetName, after: state.preset)
        state.preset = preset
        return SignalPlanner.plan(
            page, index, preset: preset, matchers: library.matchers, targetLabels: targetLabels)
    }

    /// All signal series of the target.
    private var outputSelector: [LabelMatcher] {
        let target = targetLabels.pairs.filter { $0.name == "service" || $0.name == "instance" }
        do {
            return try [LabelMatcher(name: LabelSet.metricNameLabel, .matches, value: "mlmon_.+")]
                + target.map { try LabelMatcher(name: $0.name, .equal, value: $0.value) }
        } catch {
            preconditionFailure("the selector of signal series does not parse: \(error)")
        }
    }
}

/// What a recorder needs from the store after a restart.
package struct RequiredSeries: Sendable {
    /// Raw counters whose last stored samples are needed, with all their labels.
    package let raw: [LabelSet]
    /// Selects the target's signal series; the last samples of all of them are needed.
    package let outputs: [LabelMatcher]
}
