/// Whether a stream was constant from its first point on, and when it left that for good.
///
/// Signals begin before their service does: a rate is zero until traffic comes, a ratio until there
/// is something to divide. What a stream was like then says nothing of what it is like later, so
/// that it is best forgotten; but a constant that is left now and then, like an error ratio, stays.
struct ConstantBeginning: Codable, Sendable, Equatable {
    private enum Phase: Codable, Equatable {
        case constant(Double, count: Int)
        /// `run` counts the latest points that are all the same.
        case left(Double, after: Int, count: Int, latest: Double, run: Int)
        case over
    }

    private var phase = Phase.constant(.nan, count: 0)

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        phase = try container.decode(Phase.self, forKey: .phase)
        let counts =
            switch phase {
            case .constant(_, let count): [count]
            case .left(_, let after, let count, _, let run): [after, count, run]
            case .over: [Int]()
            }
        try container.check(counts.allSatisfy(StoredRange.count.contains), .phase)
    }

    /// Points before the constant was left, while it is not known whether for good; nil otherwise.
    var leftAfter: Int? {
        guard case .left(_, let constantCount, _, _, _) = phase else { return nil }
        return constantCount
    }

    /// Takes note of the next point.
    ///
    /// - Parameter settledCount: Points in a row elsewhere after which a constant is left for good.
    /// - Returns: Whether it is so with this point. From then on they are what the stream began
    ///   with, perhaps with another constant.
    mutating func advance(_ point: Double, settledCount: Int) -> Bool {
        switch phase {
        case .constant(_, 0): phase = .constant(point, count: 1)
        case .constant(let value, let count) where point == value:
            phase = .constant(value, count: count + 1)
        // A single first point is no constant.
        case .constant(_, 1): phase = .over
        case .constant(let value, let count):
            phase = .left(value, after: count, count: 1, latest: point, run: 1)
        case .left(let value, _, _, _, _) where point == value: phase = .over
        case .left(let value, let after, let count, let latest, let run):
            let same = point == latest ? run + 1 : 1
            guard count + 1 >= settledCount else {
                phase = .left(value, after: after, count: count + 1, latest: point, run: same)
                return false
            }
            phase = same == count + 1 ? .constant(point, count: same) : .over
            return true
        case .over: break
        }
        return false
    }
}
