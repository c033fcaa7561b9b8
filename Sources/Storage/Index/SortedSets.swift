/// Set operations on ascending arrays without duplicates.
extension [UInt32] {
    func intersection(_ other: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var i = 0
        var j = 0
        while i < count, j < other.count {
            let a = self[i]
            let b = other[j]
            if a == b { result.append(a) }
            if a <= b { i += 1 }
            if b <= a { j += 1 }
        }
        return result
    }

    func subtracting(_ other: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var j = 0
        for value in self {
            while j < other.count, other[j] < value { j += 1 }
            if j == other.count || other[j] != value { result.append(value) }
        }
        return result
    }

    /// In any order, with duplicates, to ascending without.
    func sortedAndUnique() -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(count)
        for value in sorted() where result.last != value { result.append(value) }
        return result
    }
}
