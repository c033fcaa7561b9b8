/// The parts of a linear fit, for each observation a row, of which the first part is 1.
struct DesignMatrix {
    /// Parts of a row.
    private(set) var width = 1
    let rowCount: Int
    /// Row by row.
    private var values: [Double]

    /// The fit of a constant.
    init(rowCount: Int) {
        self.rowCount = rowCount
        values = [Double](repeating: 1, count: rowCount)
    }

    /// The same with a cosine and a sine more in each row.
    ///
    /// - Precondition: As many waves as there are rows.
    func adding(_ waves: [(cosine: Double, sine: Double)]) -> DesignMatrix {
        precondition(waves.count == rowCount, "\(waves.count) waves for \(rowCount) rows")
        var wider = self
        wider.width = width + 2
        wider.values = []
        wider.values.reserveCapacity(rowCount * wider.width)
        for (i, wave) in waves.enumerated() {
            wider.values += values[(i * width)..<((i + 1) * width)]
            wider.values.append(wave.cosine)
            wider.values.append(wave.sine)
        }
        return wider
    }

    /// Xᵀ diag(weights) X.
    func gram(weights: [Double]) -> [[Double]] {
        var gram = [Double](repeating: 0, count: width * width)
        for (row, weight) in weights.enumerated() {
            for a in 0..<width {
                let weighted = weight * values[row * width + a]
                for b in 0...a { gram[a * width + b] += weighted * values[row * width + b] }
            }
        }
        return (0..<width).map { a in
            (0..<width).map { b in gram[max(a, b) * width + min(a, b)] }
        }
    }

    /// Xᵀ Y: for each part, the sum of the rows of Y times it.
    func moments(of rows: [[Double]]) -> [[Double]] {
        let columnCount = rows.map(\.count).min() ?? 0
        var moments = [Double](repeating: 0, count: width * columnCount)
        for (row, counts) in rows.enumerated() {
            for k in 0..<width {
                let x = values[row * width + k]
                for i in 0..<columnCount { moments[k * columnCount + i] += x * counts[i] }
            }
        }
        return (0..<width).map { Array(moments[($0 * columnCount)..<(($0 + 1) * columnCount)]) }
    }

    /// Least squares, for any number of columns; nil for a design that cannot be fitted.
    var fit: Fit? {
        let weights = [Double](repeating: 1, count: rowCount)
        return SmallMatrix.inverse(gram(weights: weights)).map { Fit(design: self, inverse: $0) }
    }

    struct Fit {
        fileprivate let design: DesignMatrix
        fileprivate let inverse: [[Double]]

        var width: Int { design.width }

        /// Sum of squares that the fit leaves of a column.
        func residual(_ column: [Double]) -> Double {
            let width = design.width
            var moments = [Double](repeating: 0, count: width)
            for (row, y) in column.enumerated() {
                for k in 0..<width { moments[k] += design.values[row * width + k] * y }
            }
            let factors = inverse.map { SmoothTest.product($0, moments) }
            var sum = 0.0
            for (row, y) in column.enumerated() {
                var fitted = 0.0
                for k in 0..<width { fitted += design.values[row * width + k] * factors[k] }
                sum += (y - fitted) * (y - fitted)
            }
            return sum
        }
    }
}

/// Dense matrices of a few rows.
enum SmallMatrix {
    /// Gauss–Jordan with pivots; nil for a matrix that is singular to rounding.
    static func inverse(_ matrix: [[Double]]) -> [[Double]]? {
        let count = matrix.count
        let scale = matrix.flatMap { $0 }.reduce(0) { max($0, abs($1)) }
        var left = matrix
        var right = (0..<count).map { i in (0..<count).map { i == $0 ? 1.0 : 0.0 } }
        for column in 0..<count {
            let rows = column..<count
            guard let pivot = rows.max(by: { abs(left[$0][column]) < abs(left[$1][column]) }),
                abs(left[pivot][column]) > 1e-10 * scale
            else { return nil }
            left.swapAt(column, pivot)
            right.swapAt(column, pivot)
            let divisor = left[column][column]
            for k in 0..<count {
                left[column][k] /= divisor
                right[column][k] /= divisor
            }
            for row in 0..<count where row != column {
                let factor = left[row][column]
                for k in 0..<count {
                    left[row][k] -= factor * left[column][k]
                    right[row][k] -= factor * right[column][k]
                }
            }
        }
        return right
    }
}
