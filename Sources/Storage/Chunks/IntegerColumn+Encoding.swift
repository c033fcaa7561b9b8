extension IntegerColumn {
    /// Appends the column to `bytes`, with the order and the offsets that look cheapest.
    ///
    /// - Parameter values: At least 1.
    /// - Complexity: O(values), about 10 ns each.
    static func encode(_ values: [Int64], to bytes: inout [UInt8]) {
        precondition(!values.isEmpty, "an empty column")
        var residuals = residuals(values, order: 1)
        var order = 1
        var shape = Shape(residuals)
        if values.count > 2 {
            let second = Self.residuals(values, order: 2)
            let secondShape = Shape(second)
            // The first difference is written as well.
            if secondShape.bitCount + 8 < shape.bitCount {
                (residuals, order, shape) = (second, 2, secondShape)
            }
        }
        Plan(residuals, order: order, shape).write(values, to: &bytes)
    }

    /// From where the residuals are counted, with what that costs about.
    private struct Shape {
        let isZigzag: Bool
        let reference: Int64
        let bitCount: Int

        init(_ residuals: [Int64]) {
            let median = median(residuals)
            let least = residuals.min() ?? 0
            var zigzagBitCount = 0
            var offsetBitCount = 0
            for residual in residuals {
                zigzagBitCount += 64 - Varint.zigzag(residual &- median).leadingZeroBitCount
                offsetBitCount += 64 - UInt64(bitPattern: residual &- least).leadingZeroBitCount
            }
            isZigzag = zigzagBitCount < offsetBitCount
            reference = isZigzag ? median : least
            bitCount = min(zigzagBitCount, offsetBitCount)
        }
    }

    /// `count − order` differences; none where there are fewer values.
    private static func residuals(_ values: [Int64], order: Int) -> [Int64] {
        guard values.count > order else { return [] }
        return [Int64](unsafeUninitializedCapacity: values.count - order) { buffer, count in
            if order == 1 {
                for i in 1..<values.count { buffer[i - 1] = values[i] &- values[i - 1] }
            } else {
                for i in 2..<values.count {
                    buffer[i - 2] = values[i] &- values[i - 1] &- (values[i - 1] &- values[i - 2])
                }
            }
            count = values.count - order
        }
    }

    /// How the residuals are written.
    private struct Plan {
        let order: Int
        let shape: Shape
        let codes: [UInt64]

        init(_ residuals: [Int64], order: Int, _ shape: Shape) {
            self.order = order
            self.shape = shape
            let reference = shape.reference
            codes =
                shape.isZigzag
                ? residuals.map { Varint.zigzag($0 &- reference) }
                : residuals.map { UInt64(bitPattern: $0 &- reference) }
        }

        func write(_ values: [Int64], to bytes: inout [UInt8]) {
            bytes.append(UInt8(order - 1) | (shape.isZigzag ? 2 : 0))
            Varint.append(signed: values[0], to: &bytes)
            if order == 2, values.count > 1 {
                Varint.append(signed: values[1] &- values[0], to: &bytes)
            }
            guard values.count > order else { return }
            Varint.append(signed: shape.reference, to: &bytes)
            var bits = BitWriter()
            for start in stride(from: 0, to: codes.count, by: groupCount) {
                codes[start..<min(start + groupCount, codes.count)].withUnsafeBufferPointer {
                    pack($0, cheapest($0), &bits)
                }
            }
            bits.append(to: &bytes)
        }
    }

    /// Of a sample of the residuals: the reference only has to be near the middle.
    private static func median(_ residuals: [Int64]) -> Int64 {
        guard !residuals.isEmpty else { return 0 }
        let step = max(1, residuals.count / 31)
        let sample = stride(from: 0, to: residuals.count, by: step).map { residuals[$0] }
        return sample.sorted()[sample.count / 2]
    }

    private static func cheapest(
        _ group: UnsafeBufferPointer<UInt64>
    ) -> Packing {
        var union: UInt64 = 0
        var greatest: UInt64 = 0
        var sum: UInt64 = 0
        var nonZeroCount = 0
        for code in group {
            union |= code
            greatest = max(greatest, code)
            sum = sum &+ code
            nonZeroCount += code == 0 ? 0 : 1
        }
        if union == 0 { return .zero }
        let width = 64 - union.leadingZeroBitCount
        var best = Packing.fixed(width: width)
        var bestCost = width * group.count
        // Codes of 58 bits and more could overflow the sum, and are too large for Rice codes.
        guard width <= 57 else { return best }
        // Without the greatest, so that one outlier does not set the parameter.
        let typical = (sum - greatest) / UInt64(max(1, group.count - 1))
        let guess = max(0, 63 - (typical | 1).leadingZeroBitCount)
        for parameter in [guess - 1, guess]
        where parameter >= 0 && parameter <= largestRiceParameter {
            let cost = riceCost(group, parameter)
            if cost < bestCost { (best, bestCost) = (.rice(parameter: parameter), cost) }
        }
        if nonZeroCount * 2 < group.count {
            let mean = (sum - UInt64(nonZeroCount)) / UInt64(nonZeroCount)
            let parameter = min(63 - (mean | 1).leadingZeroBitCount, largestSparseParameter)
            let cost = sparseCost(group, parameter)
            if cost < bestCost { (best, bestCost) = (.sparse(parameter: parameter), cost) }
        }
        return best
    }

    @inline(__always)
    private static func riceBitCount(_ code: UInt64, _ parameter: Int) -> Int {
        let quotient = code >> UInt64(parameter)
        return quotient < UInt64(escapeZeroCount)
            ? Int(quotient) + 1 + parameter : escapeZeroCount + 64
    }

    private static func riceCost(
        _ group: UnsafeBufferPointer<UInt64>, _ parameter: Int
    ) -> Int {
        var cost = 0
        for code in group { cost += riceBitCount(code, parameter) }
        return cost
    }

    private static func sparseCost(
        _ group: UnsafeBufferPointer<UInt64>, _ parameter: Int
    ) -> Int {
        var cost = group.count
        for code in group where code != 0 { cost += riceBitCount(code - 1, parameter) }
        return cost
    }

    private static func pack(
        _ group: UnsafeBufferPointer<UInt64>, _ packing: Packing, _ bits: inout BitWriter
    ) {
        bits.write(packing.code, width: packingBitCount)
        switch packing {
        case .zero: break
        case .fixed(let width):
            for code in group { bits.write(code, width: width) }
        case .rice(let parameter):
            for code in group { writeRice(code, parameter, &bits) }
        case .sparse(let parameter):
            for code in group { bits.write(code == 0 ? 0 : 1, width: 1) }
            for code in group where code != 0 { writeRice(code - 1, parameter, &bits) }
        }
    }

    @inline(__always)
    private static func writeRice(_ code: UInt64, _ parameter: Int, _ bits: inout BitWriter) {
        let quotient = code >> UInt64(parameter)
        guard quotient < UInt64(escapeZeroCount) else {
            bits.write(0, width: escapeZeroCount)
            bits.write(code, width: 64)
            return
        }
        bits.write(1 << quotient, width: Int(quotient) + 1)
        bits.write(code & ((1 << UInt64(parameter)) - 1), width: parameter)
    }
}
