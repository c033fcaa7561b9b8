import GRDB
import Querying
import Synchronization
import TimeSeries

/// Where series ended before somebody goes on from there, asked for a few at a time, as each
/// target does after a start.
///
/// The list of layouts, of which there are more than targets, is read at the first question. What is
/// asked for must have been written before it: layouts that came later hold none of that, and rows
/// that were folded meanwhile are found in their blocks.
package final class EarlierSamples: Sendable {
    private let store: Store
    private let layouts = Mutex<[(layout: Layout, foldedThrough: Int64)]?>(nil)

    package init(_ store: Store) {
        self.store = store
    }

    /// The newest sample that is not a stale marker, of each series that satisfies the matchers and
    /// of each of some others; unknown series are left out.
    ///
    /// - Parameters:
    ///   - matchers: Those for equality should leave few series: they are looked up, the others are
    ///     tried on the labels of what is left.
    ///   - others: Only those are found that satisfy the matchers for equality.
    package func lastSamples(
        matching matchers: [LabelMatcher], and others: [LabelSet] = []
    ) throws -> (matching: [LabelSet: Sample], others: [LabelSet: Sample]) {
        try store.read("reading last samples") { db in
            func isExact(_ matcher: LabelMatcher) -> Bool {
                matcher.operation == .equal && !matcher.value.isEmpty
            }
            let exact = matchers.filter(isExact)
            let rest = matchers.filter { !isExact($0) }
            let ids = try MatcherResolution(db: db).series(
                matching: exact.isEmpty && others.isEmpty ? matchers : exact)
            let sets = try store.catalog.withLock {
                try $0.labelSets(of: ids, in: db, isRemembered: false)
            }
            let wanted = Set(others)
            var found: [(id: UInt32, labels: LabelSet, isMatching: Bool, isWanted: Bool)] = []
            for (id, labels) in zip(ids, sets) {
                guard let labels else { continue }
                let isMatching = rest.allSatisfy { $0.matches(labels) }
                let isWanted = wanted.contains(labels)
                if isMatching || isWanted { found.append((id, labels, isMatching, isWanted)) }
            }
            let reader = SampleReader(db: db, layouts: try knownLayouts(in: db))
            let samples = try reader.lastSamples(of: found.map(\.id))
            var result: (matching: [LabelSet: Sample], others: [LabelSet: Sample]) = ([:], [:])
            for (id, labels, isMatching, isWanted) in found {
                guard let sample = samples[id] else { continue }
                if isMatching { result.matching[labels] = sample }
                if isWanted { result.others[labels] = sample }
            }
            return result
        }
    }

    private func knownLayouts(
        in db: Database
    ) throws -> [(layout: Layout, foldedThrough: Int64)] {
        try layouts.withLock { layouts in
            if let layouts { return layouts }
            let read = try store.catalog.withLock { try $0.allLayouts(in: db) }
            layouts = read
            return read
        }
    }
}
