import TimeSeries

/// The distribution that windows are compared with.
package struct DriftReference: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        /// Classes without an order.
        case categories
        /// Bins in ascending order, named by their upper bounds.
        case ordered
    }

    package var kind: Kind
    /// Class names, or upper bounds in ascending order; distinct by their UTF-8 bytes.
    package var bins: [String]
    /// Observations in each bin.
    package var counts: [Double]
    /// Counts of the reference's own windows, oldest first, each as long as `bins`. They show how
    /// much windows differ when nothing is wrong; without them observations are taken for
    /// independent.
    package var windows: [[Double]]
    /// When each of `windows` began, where that is known: lets a season of day and week be told
    /// from drift.
    package var windowTimes: [Timestamp]?

    /// - Precondition: `counts` and each of `windows` as long as `bins`.
    package init(
        kind: Kind, bins: [String], counts: [Double], windows: [[Double]] = [],
        windowTimes: [Timestamp]? = nil
    ) {
        precondition(
            counts.count == bins.count && windows.allSatisfy { $0.count == bins.count },
            "\(counts.count) counts for \(bins.count) bins")
        self.kind = kind
        self.bins = bins
        self.counts = counts.map(Self.cleaned)
        self.windows = windows.map { $0.map(Self.cleaned) }
        self.windowTimes = windowTimes
    }

    /// Both references as one; bins of either are bins of the sum.
    ///
    /// - Precondition: Both are of one kind.
    package func adding(_ other: DriftReference) -> DriftReference {
        precondition(kind == other.kind)
        let known = Set(bins.map { BinKey($0) })
        var all = bins + other.bins.filter { !known.contains(BinKey($0)) }
        if kind == .ordered, all.count > bins.count {
            func number(_ bound: String) -> Double { Double(bound) ?? .infinity }
            all.sort { number($0) < number($1) }
        }
        func aligned(_ own: [String], _ counts: [Double]) -> [Double] {
            let table = Dictionary(
                zip(own, counts).map { (BinKey($0), $1) }, uniquingKeysWith: +)
            return all.map { table[BinKey($0)] ?? 0 }
        }
        let times = windowTimes.flatMap { own in other.windowTimes.map { own + $0 } }
        return DriftReference(
            kind: kind, bins: all,
            counts: zip(aligned(bins, counts), aligned(other.bins, other.counts)).map { $0 + $1 },
            windows: windows.map { aligned(bins, $0) }
                + other.windows.map { aligned(other.bins, $0) },
            windowTimes: times)
    }

    /// A count from outside, with what cannot be one taken as 0.
    static func cleaned(_ count: Double) -> Double {
        count.isFinite && count > 0 ? min(count, 1e15) : 0
    }

    /// FNV-1a over what identifies the reference, to tell whether a stored state belongs to it.
    var fingerprint: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for byte in kind.rawValue.utf8 { mix(byte) }
        for (bin, count) in zip(bins, counts) {
            for byte in bin.utf8 { mix(byte) }
            mix(0xff)
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                mix(UInt8(truncatingIfNeeded: count.bitPattern >> shift))
            }
        }
        return hash
    }
}

/// A class or bound by its UTF-8 bytes: Swift's string equality would merge composed and
/// decomposed forms.
struct BinKey: Hashable, Comparable, Sendable {
    private let bytes: [UInt8]

    init(_ name: String) { bytes = Array(name.utf8) }
    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    var name: String { String(decoding: bytes, as: UTF8.self) }

    static func < (a: BinKey, b: BinKey) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}
