import TimeSeries

/// Puts label sets together from the texts of their labels.
///
/// Keeps the last one: neighbouring series mostly differ in one label, and only its text is looked
/// up.
struct LabelSetAssembly {
    private var ids: [Int64] = []
    private var bytes: [UInt8] = []
    /// Where in the bytes each label ends.
    private var ends: [Int] = []

    /// - Parameters:
    ///   - next: In the order of the labels' names.
    ///   - text: A label's name, separator, value, separator.
    mutating func labelSet(
        _ next: [Int64], text: (Int64) throws -> [UInt8]
    ) rethrows -> LabelSet {
        let limit = min(next.count, ids.count)
        var front = 0
        while front < limit, next[front] == ids[front] { front += 1 }
        var back = 0
        while back < limit - front, next[next.count - 1 - back] == ids[ids.count - 1 - back] {
            back += 1
        }
        let start = front == 0 ? 0 : ends[front - 1]
        let end = back == ids.count ? 0 : ends[ids.count - 1 - back]
        var middle: [UInt8] = []
        var middleEnds: [Int] = []
        for id in next[front..<(next.count - back)] {
            middle += try text(id)
            middleEnds.append(start + middle.count)
        }
        let shift = start + middle.count - end
        bytes.replaceSubrange(start..<end, with: middle)
        ends.replaceSubrange(front..<(ids.count - back), with: middleEnds)
        for index in (next.count - back)..<next.count { ends[index] += shift }
        ids = next
        return LabelSet(canonicalBytes: bytes.withUnsafeBufferPointer { Array($0) })
    }
}
