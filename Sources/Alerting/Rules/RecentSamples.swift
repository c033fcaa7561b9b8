import Querying
import Storage
import Synchronization
import TimeSeries

/// The newest minutes of the series that rules ask for, kept as they are written, so that an
/// evaluation does not read back and decode what has just been stored.
///
/// It learns from the questions: a selector's series are kept from its first question on, for as
/// long as it reached back. What memory does not hold whole, the store answers.
package final class RecentSamples: SeriesSource, Sendable {
    /// Longer ranges are the store's.
    private static let longestReach: Int64 = 600_000
    private static let selectorLimit = 256
    /// In values, of 8 bytes.
    private static let valueLimit = 6_000_000

    private struct State {
        var selections: [RecentSelection] = []
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
        let known = state.withLock { state -> [Series]? in
            let reach = through.milliseconds - from.milliseconds
            guard reach <= Self.longestReach else { return nil }
            guard let index = state.indices[matchers] else {
                if Store.selectsComputedSeries(matchers) { return nil }
                watch(matchers, reach: reach, from: through.milliseconds, &state)
                return nil
            }
            boundMemory(&state)
            return state.selections[index].series(
                from: from.milliseconds, through: through.milliseconds)
        }
        return try known ?? base.series(matching: matchers, from: from, through: through)
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
        for index in known.askedCount..<state.selections.count
        where state.selections[index].adopt(table) {
            known.interested.append(index)
        }
        known.askedCount = state.selections.count
        if state.tables.count >= Self.tableLimit { state.tables = [:] }
        state.tables[table.id] = known
        return known.interested
    }

    /// The selection that holds most is left to the store.
    private func boundMemory(_ state: inout State) {
        let counts = state.selections.map(\.valueCount)
        guard counts.reduce(0, +) > Self.valueLimit,
            let largest = counts.indices.max(by: { counts[$0] < counts[$1] })
        else { return }
        state.selections[largest].giveUp()
    }
}
