import Querying
import Storage
import Synchronization
import TimeSeries

/// The newest minutes of the series that rules, detectors and tables ask for, kept as they are
/// written, so that an evaluation does not read back and decode what has just been stored.
///
/// It learns from the questions: a selector's series are kept from its first question on, for as
/// long as it reached back, and the store's answer of the time before. What was on its way to the
/// store at the first question is taken from the newest batches, which are kept for everyone. What
/// memory does not hold whole, the store answers.
package final class RecentSamples: SeriesSource, Sendable {
    /// Longer ranges are the store's.
    private static let longestReach: Int64 = 600_000
    private static let selectorLimit = 256
    /// In values, of 8 bytes.
    private static let valueLimit = 6_000_000

    private struct State {
        var selections: [RecentSelection] = []
        /// Questions until memory is measured again.
        var patience = 0
        var indices: [[LabelMatcher]: Int] = [:]
        /// By the table's identifier.
        var tables: [UInt64: Known] = [:]
        var names = MetricNumbers()
        /// Runs of one name in all of these tables.
        var runCount = 0
        var newest = NewestBatches()
    }

    /// What a selection lacks of the range of a question: the time before it was kept.
    private struct Gap {
        let selection: Int
        /// Milliseconds.
        let end: Int64
    }

    /// A selection that keeps series of a table, and where it kept them at first.
    private struct Interest {
        let selection: Int
        let strip: Int
    }

    /// What is known of a table.
    private struct Known {
        let places: MetricPlaces
        var interested: [Interest] = []
        /// The first so many selections were asked.
        var askedCount = 0
    }

    private static let tableLimit = 50_000
    private static let nameLimit = 200_000
    private static let runLimit = 2_000_000
    /// A question about more metrics is kept as one.
    private static let splitLimit = 16
    private static let questionsPerMeasurement = 50

    private let base: any SeriesSource & Sendable
    private let state = Mutex(State())

    package init(over base: any SeriesSource & Sendable) {
        self.base = base
    }

    /// Takes what is written to the store. Ascending in time for each table.
    package func note(_ batches: [SampleBatch]) {
        state.withLock { state in
            for batch in batches {
                for interest in interested(in: batch.table, &state) {
                    state.selections[interest.selection].append(
                        batch, expectedStrip: interest.strip)
                }
                state.newest.append(batch)
            }
        }
    }

    /// To be called after each commit of what was written to the store, which every batch must be
    /// before it is noted here.
    package func noteCommit() {
        state.withLock { $0.newest.noteCommit() }
    }

    /// Series of several metrics, named one by one, are kept by metric, as others ask for them.
    package func unorderedSeries(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        guard through.milliseconds - from.milliseconds <= Self.longestReach else {
            return try base.unorderedSeries(matching: matchers, from: from, through: through)
        }
        guard
            let place = matchers.firstIndex(where: {
                $0.name == LabelSet.metricNameLabel && $0.operation == .matches
            }), let names = matchers[place].candidateValues.map({ Set($0) }),
            names.count <= Self.splitLimit
        else { return try series(matching: matchers, from: from, through: through) }
        return try names.sorted().flatMap { name in
            var matchers = matchers
            matchers[place] = try LabelMatcher(
                name: LabelSet.metricNameLabel, .equal, value: name)
            return try series(matching: matchers, from: from, through: through)
        }
    }

    package func series(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        let (start, end) = (from.milliseconds, through.milliseconds)
        let (known, gap) = state.withLock { state -> ([Series]?, Gap?) in
            guard end - start <= Self.longestReach,
                let index = index(of: matchers, reach: end - start, now: end, &state)
            else { return (nil, nil) }
            boundMemory(&state)
            let known = state.selections[index].series(from: start, through: end)
            if known != nil { return (known, nil) }
            guard state.newest.isWhole else { return (nil, nil) }
            let gapEnd = state.selections[index].gapEnd(from: start, through: end)
            return (nil, gapEnd.map { Gap(selection: index, end: $0) })
        }
        if let known { return known }
        if let gap {
            let earlier = try base.series(
                matching: matchers, from: from, through: Timestamp(milliseconds: gap.end))
            let whole = state.withLock { state in
                state.selections[gap.selection].remember(earlier, from: start, through: gap.end)
                return state.selections[gap.selection].series(from: start, through: end)
            }
            if let whole { return whole }
        }
        return try base.series(matching: matchers, from: from, through: through)
    }

    /// Of the selection of a question; a new one at its first. nil where the store alone answers.
    private func index(
        of matchers: [LabelMatcher], reach: Int64, now: Int64, _ state: inout State
    ) -> Int? {
        if let known = state.indices[matchers] { return known }
        if Store.selectsComputedSeries(matchers) { return nil }
        guard state.selections.count < Self.selectorLimit, state.newest.isWhole else { return nil }
        state.indices[matchers] = state.selections.count
        state.selections.append(
            RecentSelection(
                matchers: matchers, reach: reach, coveredSince: state.newest.since ?? now))
        // What came before it is shown to it now, while it is there.
        for batches in state.newest.byTable {
            guard let table = batches.first?.table else { continue }
            _ = interested(in: table, writtenBefore: batches, &state)
        }
        return state.selections.count - 1
    }

    /// - Parameter before: What was written of the table before the newest selection came: a table
    ///   that is noted and not among the newest batches has none.
    private func interested(
        in table: SeriesTable, writtenBefore before: [SampleBatch] = [], _ state: inout State
    ) -> [Interest] {
        if state.selections.isEmpty { return [] }
        var known = state.tables[table.id] ?? newlyKnown(table, &state)
        if known.askedCount == state.selections.count { return known.interested }
        for index in known.askedCount..<state.selections.count {
            let name = state.selections[index].metricName
            let places =
                name.map { known.places.places(ofMetric: state.names[$0]) }
                ?? Array(table.labels.indices)
            if places.isEmpty { continue }
            if let strip = state.selections[index].adopt(
                table, among: places, writtenBefore: before)
            {
                known.interested.append(Interest(selection: index, strip: strip))
            }
        }
        known.askedCount = state.selections.count
        state.tables[table.id] = known
        return known.interested
    }

    private func newlyKnown(_ table: SeriesTable, _ state: inout State) -> Known {
        if state.tables.count >= Self.tableLimit || state.names.count >= Self.nameLimit
            || state.runCount >= Self.runLimit
        {
            state.tables = [:]
            state.runCount = 0
            state.names = MetricNumbers()
        }
        let places = MetricPlaces(table, &state.names)
        state.runCount += places.runCount
        return Known(places: places)
    }

    /// The selection that holds most is left to the store.
    private func boundMemory(_ state: inout State) {
        state.patience -= 1
        guard state.patience < 0 else { return }
        state.patience = Self.questionsPerMeasurement
        let counts = state.selections.map(\.valueCount)
        guard counts.reduce(0, +) > Self.valueLimit,
            let largest = counts.indices.max(by: { counts[$0] < counts[$1] })
        else { return }
        state.selections[largest].giveUp()
    }
}
