import Foundation

/// Doubles that are decimal fractions, as integers, with a few exceptions.
struct DecimalColumn {
    let places: Int
    /// Fillers at the exceptions.
    let integers: [Int64]
    let exceptions: [(index: Int, value: Double)]

    /// Largest magnitude below which every integer is a Double.
    private static let largestInteger = 9_007_199_254_740_992.0
    /// Values that are looked at before the search for decimal places is given up.
    private static let trialCount = 16

    /// Finds the fewest decimal places that reproduce the values exactly.
    ///
    /// nil where more than one value in eight (plus one) needs something else.
    init?(_ values: [Double]) {
        let allowance = values.count / 8 + 1
        guard let places = Self.places(values, allowance: allowance) else { return nil }
        self.places = places
        let scale = ValueColumn.powersOfTen[places]
        var integers: [Int64] = []
        integers.reserveCapacity(values.count)
        var exceptions: [(index: Int, value: Double)] = []
        var filler: Int64 = 0
        for (index, value) in values.enumerated() {
            if let integer = Self.integer(value, scale) {
                // Fillers in front of the first integer become that integer.
                if exceptions.count == index { integers = integers.map { _ in integer } }
                filler = integer
            } else {
                exceptions.append((index, value))
                if exceptions.count > allowance { return nil }
            }
            integers.append(filler)
        }
        guard exceptions.count < values.count else { return nil }
        self.integers = integers
        self.exceptions = exceptions
    }

    private static func places(_ values: [Double], allowance: Int) -> Int? {
        var places = 0
        var failures = 0
        for (index, value) in values.enumerated() {
            if integer(value, ValueColumn.powersOfTen[places]) != nil { continue }
            let found = (places...ValueColumn.largestPlaces).first {
                integer(value, ValueColumn.powersOfTen[$0]) != nil
            }
            if let found {
                places = found
                continue
            }
            failures += 1
            if failures > allowance { return nil }
            if index < trialCount, failures > trialCount / 2 { return nil }
        }
        return places
    }

    /// The integer that divided by `scale` gives these very bits.
    @inline(__always)
    static func integer(_ value: Double, _ scale: Double) -> Int64? {
        let scaled = (value * scale).rounded()
        guard scaled.magnitude <= largestInteger else { return nil }
        let integer = Int64(scaled)
        return (Double(integer) / scale).bitPattern == value.bitPattern ? integer : nil
    }

    func append(to bytes: inout [UInt8]) {
        let kind: ValueColumn.Kind = exceptions.isEmpty ? .decimals : .decimalsWithExceptions
        bytes.append(kind.rawValue << 4 | UInt8(places))
        if !exceptions.isEmpty {
            Varint.append(UInt64(exceptions.count), to: &bytes)
            var end = 0
            for (index, value) in exceptions {
                Varint.append(UInt64(index - end), to: &bytes)
                Varint.append(raw: value.bitPattern, to: &bytes)
                end = index
            }
        }
        IntegerColumn.encode(integers, to: &bytes)
    }

    static func decode(
        _ reader: inout ByteReader, places: Int, count: Int, hasExceptions: Bool
    ) throws(Damage) -> [Double] {
        guard places <= ValueColumn.largestPlaces else { throw Damage("\(places) places") }
        var exceptions: [(index: Int, value: Double)] = []
        if hasExceptions {
            var index = 0
            for _ in 0..<(try reader.count(limit: count)) {
                index += try reader.count(limit: count)
                exceptions.append((index, Double(bitPattern: try reader.raw())))
            }
            guard index < count else { throw Damage("exception \(index) of \(count)") }
        }
        let scale = ValueColumn.powersOfTen[places]
        var values = try IntegerColumn.decode(reader.rest(), count: count) { Double($0) / scale }
        for (index, value) in exceptions { values[index] = value }
        return values
    }
}
