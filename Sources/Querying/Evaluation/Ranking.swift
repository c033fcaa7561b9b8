/// `topk`, `bottomk` and `limitk`: some elements of each group, with all their labels.
struct Ranking {
    let aggregator: Aggregator
    /// How many elements of each group remain, at each step; not negative.
    let counts: [Int]

    /// For an instant, the remaining elements group by group, in order of rank.
    func selecting(from frame: Frame, _ groups: Groups) -> Frame {
        var result = Frame(labels: frame.labels, stepCount: frame.stepCount)
        var order: [Int] = []
        for rows in groups.rows {
            for step in 0..<frame.stepCount {
                for row in selected(rows, at: step, in: frame) {
                    let cell = row * frame.stepCount + step
                    result.values[cell] = frame.values[cell]
                    if frame.stepCount == 1 { order.append(row) }
                }
            }
        }
        return frame.stepCount == 1 ? result.selecting(order) : result
    }

    /// The best rows in order of rank; of equal ones the first.
    private func selected(_ rows: [Int], at step: Int, in frame: Frame) -> [Int] {
        let limit = counts[step]
        if limit == 0 { return [] }
        if limit > Self.insertionLimit, aggregator != .limitk {
            return Array(ordered(rows, at: step, in: frame).prefix(limit))
        }
        var best: [(row: Int, value: Double)] = []
        for row in rows {
            let value = frame.values[row * frame.stepCount + step]
            if value.isAbsent { continue }
            if aggregator == .limitk {
                best.append((row, value))
                if best.count == limit { break }
                continue
            }
            if best.count >= limit, let worst = best.last, !isBetter(value, worst.value) {
                continue
            }
            let place = best.partitioningIndex { isBetter(value, $0.value) }
            best.insert((row, value), at: place)
            if best.count > limit { best.removeLast() }
        }
        return best.map(\.row)
    }

    /// Beyond this many, sorting all is faster than inserting the best.
    private static let insertionLimit = 64

    private func ordered(_ rows: [Int], at step: Int, in frame: Frame) -> [Int] {
        let present = rows.filter { !frame.values[$0 * frame.stepCount + step].isAbsent }
        return present.sorted { a, b in
            let x = frame.values[a * frame.stepCount + step]
            let y = frame.values[b * frame.stepCount + step]
            if isBetter(x, y) { return true }
            return !isBetter(y, x) && a < b
        }
    }

    /// NaN ranks last in both directions.
    private func isBetter(_ a: Double, _ b: Double) -> Bool {
        if a.isNaN { return false }
        if b.isNaN { return true }
        return aggregator == .topk ? a > b : a < b
    }
}

/// `limit_ratio`: the elements whose labels fall into a share of the hash's range, so that r and
/// r − 1 are each other's complement.
struct LimitRatio {
    /// The ratio of each step; −1...1 counts.
    let ratios: [Double]

    func selecting(from frame: Frame) -> Frame {
        var result = frame
        for row in 0..<frame.rowCount {
            let place = Self.place(of: frame.labels[row].fingerprint)
            for step in 0..<frame.stepCount {
                let ratio = min(1, max(-1, ratios[step]))
                let isSelected = ratio >= 0 ? place < ratio : place >= 1 + ratio
                if !isSelected { result.values[row * frame.stepCount + step] = .absent }
            }
        }
        return result
    }

    /// 0..<1, even for hashes that differ in few bits (the finaliser of MurmurHash3).
    private static func place(of hash: UInt64) -> Double {
        var mixed = hash
        mixed = (mixed ^ (mixed >> 33)) &* 0xff51_afd7_ed55_8ccd
        mixed = (mixed ^ (mixed >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        mixed ^= mixed >> 33
        return Double(mixed >> 11) / Double(1 << 53)
    }
}
