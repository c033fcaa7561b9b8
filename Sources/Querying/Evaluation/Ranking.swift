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

    private func selected(_ rows: [Int], at step: Int, in frame: Frame) -> [Int] {
        let limit = counts[step]
        if limit == 0 { return [] }
        var best = BestElements(limit: limit, wantsLargest: aggregator == .topk)
        var count = 0
        var first: [Int] = []
        for row in rows {
            let value = frame.values[row * frame.stepCount + step]
            if value.isAbsent { continue }
            if aggregator != .limitk {
                best.offer(row, value)
                continue
            }
            first.append(row)
            count += 1
            if count == limit { break }
        }
        return aggregator == .limitk ? first : best.ranked()
    }
}

/// The k best of the elements that are offered, in a heap whose root is the worst of them.
///
/// Which of several equal elements stay, and in which order they come out, follows from the
/// order of the operations on the heap; they are those of Prometheus, so that both choose alike.
private struct BestElements {
    private typealias Element = (row: Int, value: Double)

    private let limit: Int
    private let wantsLargest: Bool
    private var heap: [Element] = []

    init(limit: Int, wantsLargest: Bool) {
        self.limit = limit
        self.wantsLargest = wantsLargest
    }

    mutating func offer(_ row: Int, _ value: Double) {
        if heap.count == limit {
            let worst = heap[0].value
            // NaN makes room for whatever comes, another NaN included.
            let isBetter = wantsLargest ? worst < value : worst > value
            guard isBetter || worst.isNaN else { return }
            if limit == 1 {
                heap[0] = (row, value)
                return
            }
            removeWorst()
        }
        heap.append((row, value))
        siftUp(heap.count - 1)
    }

    /// The rows, the best first.
    func ranked() -> [Int] {
        orderedAsInsertionSort(heap) { ranksBelow($1.value, $0.value) }.map(\.row)
    }

    /// Whether `a` is a worse element than `b`; NaN is the worst.
    private func ranksBelow(_ a: Double, _ b: Double) -> Bool {
        a.isNaN || (wantsLargest ? a < b : a > b)
    }

    private mutating func removeWorst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, ranksBelow(heap[child + 1].value, heap[child].value) {
                child += 1
            }
            guard ranksBelow(heap[child].value, heap[parent].value) else { return }
            heap.swapAt(parent, child)
            parent = child
        }
    }

    private mutating func siftUp(_ last: Int) {
        var child = last
        while child > 0 {
            let parent = (child - 1) / 2
            guard ranksBelow(heap[child].value, heap[parent].value) else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }
}

/// The elements in order; up to 12 of them by insertion sort, which with a predicate that holds
/// for two NaN both ways gives the order that users of Prometheus see. Longer lists are sorted
/// stably, where Prometheus promises nothing.
///
/// - Parameter precedes: Whether one belongs before the other.
func orderedAsInsertionSort<Element>(
    _ elements: [Element], _ precedes: (Element, Element) -> Bool
) -> [Element] {
    guard elements.count <= 12 else {
        return elements.sorted { precedes($0, $1) && !precedes($1, $0) }
    }
    var result = elements
    for index in result.indices.dropFirst() {
        var place = index
        while place > 0, precedes(result[place], result[place - 1]) {
            result.swapAt(place, place - 1)
            place -= 1
        }
    }
    return result
}
