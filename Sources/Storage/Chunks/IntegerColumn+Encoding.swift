extension IntegerColumn {
    /// Appends the column to `bytes`, in the cheapest of the four combinations of order and sign.
    ///
    /// - Parameter values: At least 1.
    /// - Complexity: O(values), about 10 ns each.
    static func encode(_ values: [Int64], to bytes: inout [UInt8]) {
        precondition(!values.isEmpty, "an empty column")
        var best: Plan?
        for order in 1...2 where order == 1 || values.count > 2 {
            let residuals = residuals(values, order: order)
            for isZigzag in [false, true] {
                let plan = Plan(residuals, order: order, isZigzag: isZigzag)
                if best.map({ plan.bitCount < $0.bitCount }) ?? true { best = plan }
            }
        }
        best?.write(values, to: &bytes)
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

    /// One way to write the residuals, with what it costs.
    private struct Plan {
        let order: Int
        let isZigzag: Bool
        let reference: Int64
        let codes: [UInt64]
        let packings: [Packing]
        let bitCount: Int

        init(_ residuals: [Int64], order: Int, isZigzag: Bool) {
            self.order = order
            self.isZigzag = isZigzag
            let reference = isZigzag ? median(residuals) : residuals.min() ?? 0
            self.reference = reference
            codes = residuals.map {
                isZigzag
                    ? Varint.zigzag($0 &- reference) : UInt64(bitPattern: $0 &- reference)
            }
            var packings: [Packing] = []
            var bitCount = 0
            for start in stride(from: 0, to: codes.count, by: groupCount) {
                let group = codes[start..<min(start + groupCount, codes.count)]
                let (packing, cost) = group.withUnsafeBufferPointer { cheapest($0) }
                packings.append(packing)
                bitCount += packingBitCount + cost
            }
            self.packings = packings
            self.bitCount = bitCount + (order == 2 ? 8 : 0)
        }

        func write(_ values: [Int64], to bytes: inout [UInt8]) {
            bytes.append(UInt8(order - 1) | (isZigzag ? 2 : 0))
            Varint.append(signed: values[0], to: &bytes)
            if order == 2, values.count > 1 {
                Varint.append(signed: values[1] &- values[0], to: &bytes)
            }
            guard values.count > order else { return }
            Varint.append(signed: reference, to: &bytes)
            var bits = BitWriter()
            for (index, packing) in packings.enumerated() {
                let start = index * groupCount
                let end = min(start + groupCount, codes.count)
                codes[start..<end].withUnsafeBufferPointer { pack($0, packing, &bits) }
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
    ) -> (packing: Packing, bitCount: Int) {
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
        if union == 0 { return (.zero, 0) }
        let width = 64 - union.leadingZeroBitCount
        var best = Packing.fixed(width: width)
        var bestCost = width * group.count
        // Codes of 58 bits and more could overflow the sum, and are too large for Rice codes.
        guard width <= 57 else { return (best, bestCost) }
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
        return (best, bestCost)
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
