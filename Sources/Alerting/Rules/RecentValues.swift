/// Values in the order in which they came, in four bytes each while all of them are small integers,
/// as those of most counters and buckets are.
struct RecentValues {
    private var narrow: [Int32] = []
    private var wide: [Double] = []
    private var isNarrow = true

    var count: Int { isNarrow ? narrow.count : wide.count }

    /// How many there is room for.
    var capacity: Int { isNarrow ? narrow.capacity : wide.capacity }

    subscript(index: Int) -> Double { isNarrow ? Double(narrow[index]) : wide[index] }

    /// Appends those of the values that stand at these places.
    mutating func append(_ values: [Double], at places: [UInt32]) {
        for place in places { append(values[Int(place)]) }
    }

    @inline(__always)
    mutating func append(_ value: Double) {
        if isNarrow {
            if let small = Int32(exactly: value), small != 0 || value.sign == .plus {
                return narrow.append(small)
            }
            wide.reserveCapacity(narrow.capacity)
            wide += narrow.lazy.map { Double($0) }
            narrow = []
            isNarrow = false
        }
        wide.append(value)
    }

    mutating func removeFirst(_ count: Int) {
        if isNarrow { narrow.removeFirst(count) } else { wide.removeFirst(count) }
    }

    mutating func reserveCapacity(_ capacity: Int) {
        if isNarrow { narrow.reserveCapacity(capacity) } else { wide.reserveCapacity(capacity) }
    }
}
