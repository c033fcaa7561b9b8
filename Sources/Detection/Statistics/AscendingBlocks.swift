/// Finite numbers in ascending order, lent a block at a time: more of them than memory should hold.
package protocol AscendingBlocks: Sendable {
    var count: Int { get }

    /// The block that holds the number of rank `i`, from 0.
    ///
    /// - Returns: The numbers, at least one, and the rank of the first.
    func block(at i: Int) -> (first: Int, values: [Double])
}

extension [Double]: AscendingBlocks {
    package func block(at i: Int) -> (first: Int, values: [Double]) { (0, self) }
}

/// Reads ascending numbers by their ranks; those near the latest one are at hand.
struct AscendingCursor {
    private let blocks: any AscendingBlocks
    private var first = 0
    private var values: [Double] = []

    init(_ blocks: any AscendingBlocks) {
        self.blocks = blocks
    }

    subscript(i: Int) -> Double {
        mutating get {
            if i < first || i - first >= values.count { (first, values) = blocks.block(at: i) }
            return values[i - first]
        }
    }
}

/// Goes through two ascending samples at once, from value to value; equals are taken together.
struct TieWalk {
    /// The value.
    private(set) var x = 0.0
    /// How many of each sample are less than the value, and how many are not greater.
    private(set) var belowA = 0
    private(set) var belowB = 0
    private(set) var throughA = 0
    private(set) var throughB = 0

    private var a: AscendingCursor
    private var b: AscendingCursor
    private let countA: Int
    private let countB: Int

    init(_ a: FiniteSample, _ b: FiniteSample) {
        self.a = a.cursor
        self.b = b.cursor
        countA = a.count
        countB = b.count
    }

    /// Moves to the next value.
    ///
    /// - Returns: false after the last one.
    mutating func next() -> Bool {
        (belowA, belowB) = (throughA, throughB)
        let headA = throughA < countA ? a[throughA] : .infinity
        let headB = throughB < countB ? b[throughB] : .infinity
        x = min(headA, headB)
        guard x < .infinity else { return false }
        if headA == x { throughA += 1 }
        while throughA < countA, a[throughA] == x { throughA += 1 }
        if headB == x { throughB += 1 }
        while throughB < countB, b[throughB] == x { throughB += 1 }
        return true
    }
}
