#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Eigenvalues of a symmetric matrix, in no order: Householder's reduction to three diagonals, then
/// implicit QL steps.
///
/// - Complexity: O(n³), 4/3 n³ multiplications.
///
/// Source: J. Wilkinson, C. Reinsch, *Linear Algebra*, Springer, 1971, contributions II/2 and II/4.
func symmetricEigenvalues(_ input: [[Double]]) -> [Double] {
    var (diagonal, beside) = threeDiagonals(input)
    let count = diagonal.count
    for first in 0..<count {
        for _ in 0..<60 {
            // The block from `first` on ends where what lies beside the diagonal is rounding.
            var last = first
            while last + 1 < count {
                let scale = abs(diagonal[last]) + abs(diagonal[last + 1])
                if abs(beside[last]) <= 1e-16 * scale { break }
                last += 1
            }
            if last == first { break }
            var g = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first])
            let root = hypot(g, 1)
            g = diagonal[last] - diagonal[first] + beside[first] / (g + (g < 0 ? -root : root))
            var (s, c, p) = (1.0, 1.0, 0.0)
            var isSplit = false
            for i in stride(from: last - 1, through: first, by: -1) {
                let f = s * beside[i]
                let b = c * beside[i]
                let r = hypot(f, g)
                beside[i + 1] = r
                if r == 0 {
                    diagonal[i + 1] -= p
                    beside[last] = 0
                    isSplit = true
                    break
                }
                s = f / r
                c = g / r
                g = diagonal[i + 1] - p
                let t = (diagonal[i] - g) * s + 2 * c * b
                p = s * t
                diagonal[i + 1] = g + p
                g = c * t - b
            }
            if isSplit { continue }
            diagonal[first] -= p
            beside[first] = g
            beside[last] = 0
        }
    }
    return diagonal
}

/// The diagonal, and what lies beside it, of a matrix with three diagonals that is similar to the
/// given one; both as long as the matrix, the last number beside the diagonal 0.
private func threeDiagonals(_ input: [[Double]]) -> (diagonal: [Double], beside: [Double]) {
    let count = input.count
    var a = input.flatMap { $0 }
    var beside = [Double](repeating: 0, count: count)
    var v = beside
    var w = beside
    for k in 0..<max(count - 1, 0) {
        // A reflection takes column k, below the diagonal, to its first element.
        let rest = (k + 1)..<count
        var square = 0.0
        for i in rest { square += a[i * count + k] * a[i * count + k] }
        let head = a[(k + 1) * count + k]
        let norm = head > 0 ? -square.squareRoot() : square.squareRoot()
        beside[k] = norm
        let size = square - head * norm
        guard size > 0 else { continue }
        for i in rest { v[i] = a[i * count + k] }
        v[k + 1] -= norm
        var overlap = 0.0
        for i in rest {
            var sum = 0.0
            for j in rest { sum += a[i * count + j] * v[j] }
            w[i] = sum / size
            overlap += w[i] * v[i]
        }
        for i in rest { w[i] -= overlap / (2 * size) * v[i] }
        for i in rest {
            for j in rest { a[i * count + j] -= v[i] * w[j] + w[i] * v[j] }
        }
    }
    return ((0..<count).map { a[$0 * count + $0] }, beside)
}
