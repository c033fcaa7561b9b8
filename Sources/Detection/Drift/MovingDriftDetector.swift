/// Judges windows that each have a reference of their own: the same hour of earlier weeks, or the
/// same window of another version.
///
/// The tests are those of `DriftDetector`; the memory of the latest windows is compared with a
/// memory of their references.
package struct MovingDriftDetector: Sendable {
    /// To be stored after each window, and given back after a restart.
    package struct State: Codable, Sendable, Equatable {
        fileprivate var kind: DriftReference.Kind
        /// Every bin that a window or a reference had, in the order of `judged`.
        fileprivate var bins: [String] = []
        fileprivate var judged: DriftState?
        /// References of successive windows share observations.
        fileprivate var isShared: Bool

        package var isDrifted: Bool { judged?.isDrifted ?? false }
        package var isCritical: Bool { judged?.isCritical ?? false }
    }

    package private(set) var state: State
    private let options: DriftOptions

    /// - Parameters:
    ///   - isShared: The references of successive windows hold observations in common.
    ///   - state: What an earlier detector left; ignored when it was of another kind.
    package init(
        kind: DriftReference.Kind, isShared: Bool, options: DriftOptions, state: State? = nil
    ) {
        self.options = options
        if let state, state.kind == kind, state.isShared == isShared {
            self.state = state
        } else {
            self.state = State(kind: kind, isShared: isShared)
        }
    }

    /// Judges the counts of one closed window.
    ///
    /// - Parameters:
    ///   - bins: As `DriftDetector.judge` takes them; ordered ones in ascending order.
    ///   - reference: What this window is compared with, of the same kind. Its windows, if there
    ///     are any, show how much windows differ when nothing is wrong.
    package mutating func judge(
        bins: [String], counts: [Double], against reference: DriftReference
    ) -> DriftVerdict {
        precondition(bins.count == counts.count, "\(counts.count) counts for \(bins.count) bins")
        let window = Self.table(bins, counts)
        let own = Self.table(reference.bins, reference.counts)
        guard adopt(bins, reference.bins) else {
            return DriftVerdict(
                .insufficient, n: window.values.reduce(0, +), m: own.values.reduce(0, +),
                note: "the bucket bounds differ from those of the reference")
        }
        func aligned(_ table: [BinKey: Double]) -> [Double] {
            state.bins.map { table[BinKey($0)] ?? 0 }
        }
        var detector = DriftDetector(
            reference: DriftReference(
                kind: state.kind, bins: state.bins, counts: aligned(own),
                windows: reference.windows.map { aligned(Self.table(reference.bins, $0)) }),
            options: options, state: state.judged, isMoving: true, isShared: state.isShared)
        let verdict = detector.judge(bins: state.bins, counts: aligned(window))
        state.judged = detector.state
        return verdict
    }

    /// Takes up the bins of a window and its reference.
    ///
    /// - Returns: False where bounds differ, so that their counts cannot be compared.
    private mutating func adopt(_ bins: [String], _ referenceBins: [String]) -> Bool {
        let known = Set(state.bins.map { BinKey($0) })
        let window = Set(bins.map { BinKey($0) })
        let own = Set(referenceBins.map { BinKey($0) })
        switch state.kind {
        case .categories:
            state.bins += window.union(own).subtracting(known).sorted().map(\.name)
            state.judged?.extend(to: state.bins.count)
        case .ordered:
            guard own.isEmpty || window.isEmpty || own == window else { return false }
            let current = window.isEmpty ? own : window
            guard !current.isEmpty, current != known else { break }
            // Other bounds are other bins: what was remembered says nothing about them.
            state = State(kind: state.kind, isShared: state.isShared)
            state.bins = window.isEmpty ? referenceBins : bins
        }
        return true
    }

    private static func table(_ bins: [String], _ counts: [Double]) -> [BinKey: Double] {
        Dictionary(
            zip(bins, counts).map { (BinKey($0), DriftReference.cleaned($1)) },
            uniquingKeysWith: +)
    }
}
