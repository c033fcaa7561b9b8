/// Aggregations that fold one value after another into one per group and step.
extension Groups {
    /// Folds all elements, row by row, each into the cell of its group and step.
    @inline(__always)
    private func fold(
        _ frame: Frame, _ body: (_ cell: Int, _ value: Double) -> Void
    ) {
        let count = frame.stepCount
        let values = frame.values.span
        for row in 0..<ofRow.count {
            let target = ofRow[row] * count
            let source = row * count
            for step in 0..<count {
                let value = values[source + step]
                if !value.isAbsent { body(target + step, value) }
            }
        }
    }

    private func emptyFrame(like frame: Frame) -> Frame {
        Frame(labels: labels, stepCount: frame.stepCount)
    }

    func sums(_ frame: Frame) -> Frame {
        var result = emptyFrame(like: frame)
        var compensations = Array(repeating: 0.0, count: result.values.count)
        fold(frame) { cell, value in
            if result.values[cell].isAbsent {
                result.values[cell] = value
                return
            }
            var sum = KahanSum(sum: result.values[cell], compensation: compensations[cell])
            sum.add(value)
            result.values[cell] = sum.sum
            compensations[cell] = sum.compensation
        }
        for cell in result.values.indices where !result.values[cell].isAbsent {
            result.values[cell] =
                KahanSum(sum: result.values[cell], compensation: compensations[cell]).total
        }
        return result
    }

    func means(_ frame: Frame) -> Frame {
        var result = emptyFrame(like: frame)
        var means = Array(repeating: KahanMean(), count: result.values.count)
        fold(frame) { cell, value in means[cell].add(value) }
        for cell in means.indices where means[cell].count > 0 {
            result.values[cell] = means[cell].mean
        }
        return result
    }

    func extremes(_ frame: Frame, isMaximum: Bool) -> Frame {
        var result = emptyFrame(like: frame)
        fold(frame) { cell, value in
            let best = result.values[cell]
            // The marker of absence is a NaN too.
            if best.isNaN || (isMaximum ? value > best : value < best) {
                result.values[cell] = value
            }
        }
        return result
    }

    func counts(_ frame: Frame) -> Frame {
        var result = emptyFrame(like: frame)
        fold(frame) { cell, _ in
            result.values[cell] = result.values[cell].isAbsent ? 1 : result.values[cell] + 1
        }
        return result
    }

    func presence(_ frame: Frame) -> Frame {
        var result = emptyFrame(like: frame)
        fold(frame) { cell, _ in result.values[cell] = 1 }
        return result
    }

    func variances(_ frame: Frame, isDeviation: Bool) -> Frame {
        var result = emptyFrame(like: frame)
        var variances = Array(repeating: WelfordVariance?.none, count: result.values.count)
        fold(frame) { cell, value in
            var variance = variances[cell] ?? WelfordVariance()
            variance.add(value)
            variances[cell] = variance
        }
        for (cell, variance) in variances.enumerated() {
            guard let value = variance?.variance else { continue }
            result.values[cell] = isDeviation ? value.squareRoot() : value
        }
        return result
    }

    /// - Parameter parameters: φ of each step.
    func quantiles(_ frame: Frame, _ parameters: [Double]) -> Frame {
        var result = emptyFrame(like: frame)
        var present: [Double] = []
        for (group, rows) in rows.enumerated() {
            for step in 0..<frame.stepCount {
                present.removeAll(keepingCapacity: true)
                for row in rows {
                    let value = frame.values[row * frame.stepCount + step]
                    if !value.isAbsent { present.append(value) }
                }
                if present.isEmpty { continue }
                result.values[group * frame.stepCount + step] = quantile(
                    parameters[step], of: &present)
            }
        }
        return result
    }
}
