/// `and`, `or`, `unless`: which elements of two vectors remain.
struct SetOperation {
    private let left: Frame
    private let right: Frame
    private let leftGroups: [Int]
    private let rightGroups: [Int]
    private let groupCount: Int

    init(_ left: Frame, _ right: Frame, _ matching: VectorMatching) {
        self.left = left
        self.right = right
        let projection = LabelProjection(matching)
        var index = LabelIndex(capacity: left.rowCount + right.rowCount)
        var scratch: [UInt8] = []
        leftGroups = left.labels.map { labels in
            projection.write(labels, to: &scratch)
            return index.insert(bytes: scratch)
        }
        rightGroups = right.labels.map { labels in
            projection.write(labels, to: &scratch)
            return index.insert(bytes: scratch)
        }
        groupCount = index.count
    }

    func result(_ operation: BinaryOperator) throws(QueryError) -> Frame {
        switch operation {
        case .and: return keeping(left, leftGroups, where: presence(right, rightGroups), is: true)
        case .unless:
            return keeping(left, leftGroups, where: presence(right, rightGroups), is: false)
        default:
            let added = keeping(right, rightGroups, where: presence(left, leftGroups), is: false)
            var frame = left
            frame.labels += added.labels
            frame.values += added.values
            try frame.joinDuplicates(.merge)
            return frame
        }
    }

    /// For each group and step, whether any of the frame's elements is of it.
    private func presence(_ frame: Frame, _ groups: [Int]) -> [Bool] {
        var present = Array(repeating: false, count: groupCount * frame.stepCount)
        for row in 0..<frame.rowCount {
            for step in 0..<frame.stepCount
            where !frame.values[row * frame.stepCount + step].isAbsent {
                present[groups[row] * frame.stepCount + step] = true
            }
        }
        return present
    }

    private func keeping(
        _ frame: Frame, _ groups: [Int], where present: [Bool], is wanted: Bool
    ) -> Frame {
        var result = frame
        let count = frame.stepCount
        for row in 0..<frame.rowCount {
            for step in 0..<count where present[groups[row] * count + step] != wanted {
                result.values[row * count + step] = .absent
            }
        }
        return result
    }
}
