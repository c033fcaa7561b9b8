import Querying
import Storage
import Synchronization
import TimeSeries

/// The newest minutes of the series that rules ask for, kept as they are written, so that an
/// evaluation does not read back and decode what has just been stored.
///
/// It learns from the questions: a selector's series are kept from its first question on, for as
/// long as it reached back, and the store's answer of the time before. What memory does not hold
/// whole, the store answers.
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
    }

    /// What is known of a table.
    private struct Known {
        /// Selections that keep series of it.
        var interested: [Int] = []
        /// The first so many selections were asked.
        var askedCount = 0
    }

    private static let tableLimit = 50_000
    private static let questionsPerMeasurement = 50
    /// From a sample's time until the store answers with it, milliseconds: scrapes end late, and
    /// are committed a little later.
    private static let settling: Int64 = 2_000

    private let base: any SeriesSource & Sendable
    private let state = Mutex(State())

    package init(over base: any SeriesSource & Sendable) {
        self.base = base
    }

    /// Takes what is written to the store. Ascending in time for each table.
    package func note(_ batches: [SampleBatch]) {
        state.withLock { state in
            for batch in batches where !state.selections.isEmpty {
                for index in interested(in: batch.table, &state) {
                    state.selections[index].append(batch)
                }
            }
        }
    }

    package func series(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        let reach = through.milliseconds - from.milliseconds
        let (known, index) = state.withLock { state -> ([Series]?, Int?) in
            guard reach <= Self.longestReach else { return (nil, nil) }
            guard let index = state.indices[matchers] else {
                if Store.selectsComputedSeries(matchers) { return (nil, nil) }
                watch(matchers, reach: reach, from: through.milliseconds, &state)
                return (nil, nil)
            }
            boundMemory(&state)
            let known = state.selections[index].series(
                from: from.milliseconds, through: through.milliseconds)
            return (known, index)
        }
        if let known { return known }
        let answer = try base.series(matching: matchers, from: from, through: through)
        if let index {
            state.withLock {
                $0.selections[index].remember(
                    answer, from: from.milliseconds, through: through.milliseconds,
                    settling: Self.settling)
            }
        }
        return answer
    }

    private func watch(
        _ matchers: [LabelMatcher], reach: Int64, from start: Int64, _ state: inout State
    ) {
        guard state.selections.count < Self.selectorLimit else { return }
        state.indices[matchers] = state.selections.count
        state.selections.append(
            RecentSelection(matchers: matchers, reach: reach, coveredSince: start))
    }

    private func interested(in table: SeriesTable, _ state: inout State) -> [Int] {
        var known = state.tables[table.id] ?? Known()
        if known.askedCount == state.selections.count { return known.interested }
        var positions: [String: [Int]] = [:]
        table.labels.forEachMetricRun { positions[$0, default: []] += $1 }
        for index in known.askedCount..<state.selections.count {
            let named = state.selections[index].metricName.map { positions[$0] ?? [] }
            if state.selections[index].adopt(
                table, among: named ?? Array(table.labels.indices))
            {
                known.interested.append(index)
            }
        }
        known.askedCount = state.selections.count
        if state.tables.count >= Self.tableLimit { state.tables = [:] }
        state.tables[table.id] = known
        return known.interested
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
