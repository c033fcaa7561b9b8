#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Adaptive windowing: keeps the longest window whose halves do not differ in mean.
///
/// The window is an exponential histogram, so memory is O(log width).
///
/// Source: A. Bifet, R. Gavaldà, *Learning from Time-Changing Data with Adaptive Windowing*, 2007;
/// the bound is that of the River library.
package struct Adwin: Codable, Sendable, Equatable {
    /// A stretch of the stream, summarised.
    private struct Bucket: Codable, Sendable, Equatable {
        var count: Double
        var sum: Double
        var squares: Double

        var mean: Double { sum / count }

        func merged(with other: Bucket) -> Bucket {
            let d = mean - other.mean
            let total = count + other.count
            return Bucket(
                count: total, sum: sum + other.sum,
                squares: squares + other.squares + d * d * count * other.count / total)
        }
    }

    package let delta: Double
    package let clock: Int
    private let rowLength: Int
    private let minimumLength: Double
    private let gracePeriod: Double
    /// Row r holds buckets of 2ʳ values, the oldest first; the last row is the oldest.
    private var rows: [[Bucket]] = [[]]
    private var window = Bucket(count: 0, sum: 0, squares: 0)
    private var tick = 0
    private var isStale = false

    /// - Parameter delta: Confidence: chance of a false alarm at one check, about.
    package init(
        delta: Double = 0.002, clock: Int = 32, rowLength: Int = 5, minimumLength: Int = 5,
        gracePeriod: Int = 10
    ) {
        self.delta = delta
        self.clock = max(clock, 1)
        self.rowLength = max(rowLength, 2)
        self.minimumLength = Double(minimumLength)
        self.gracePeriod = Double(gracePeriod)
    }

    /// Values in the window.
    package var width: Int { Int(window.count) }
    /// Mean of the window; 0 when it is empty.
    package var mean: Double { window.count > 0 ? window.mean : 0 }
    /// Sum of squared deviations from the mean over the window.
    package var sumOfSquares: Double { window.squares }

    /// Takes the next value in.
    ///
    /// - Returns: Whether a change was found. The next value then starts an empty window.
    package mutating func update(_ value: Double) -> Bool {
        guard value.isFinite else { return false }
        if isStale {
            let fresh = Adwin(
                delta: delta, clock: clock, rowLength: rowLength,
                minimumLength: Int(minimumLength), gracePeriod: Int(gracePeriod))
            self = fresh
        }
        insert(Bucket(count: 1, sum: value, squares: 0))
        tick += 1
        guard tick % clock == 0, window.count > gracePeriod else { return false }
        while isCut() {
            dropOldest()
            isStale = true
        }
        return isStale
    }

    private mutating func insert(_ bucket: Bucket) {
        window = window.count > 0 ? window.merged(with: bucket) : bucket
        rows[0].append(bucket)
        var r = 0
        while rows[r].count > rowLength {
            if r + 1 == rows.count { rows.append([]) }
            rows[r + 1].append(rows[r][0].merged(with: rows[r][1]))
            rows[r].removeFirst(2)
            r += 1
        }
    }

    /// Whether some boundary between buckets parts two different means.
    private func isCut() -> Bool {
        guard window.count > gracePeriod else { return false }
        let confidence = log(2 * log(window.count) / delta)
        let variance = window.squares / window.count
        var older = Bucket(count: 0, sum: 0, squares: 0)
        for row in rows.reversed() {
            for bucket in row {
                older.count += bucket.count
                older.sum += bucket.sum
                let rest = window.count - older.count
                guard rest >= minimumLength else { return false }
                guard older.count >= minimumLength else { continue }
                let distance = abs(older.mean - (window.sum - older.sum) / rest)
                let r = 1 / (older.count - minimumLength + 1) + 1 / (rest - minimumLength + 1)
                let bound = (2 * r * variance * confidence).squareRoot() + confidence * r * 2 / 3
                if distance > bound { return true }
            }
        }
        return false
    }

    private mutating func dropOldest() {
        guard let r = rows.lastIndex(where: { !$0.isEmpty }) else { return }
        let oldest = rows[r].removeFirst()
        if rows[r].isEmpty, r > 0 { rows.removeLast() }
        let count = window.count - oldest.count
        guard count > 0 else {
            window = Bucket(count: 0, sum: 0, squares: 0)
            return
        }
        let sum = window.sum - oldest.sum
        let d = oldest.mean - sum / count
        let between = d * d * oldest.count * count / window.count
        window = Bucket(
            count: count, sum: sum, squares: max(window.squares - oldest.squares - between, 0))
    }
}
