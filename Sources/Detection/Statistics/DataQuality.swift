/// Categories of a window beside those of the reference, by their UTF-8 bytes.
package struct CategoryQuality: Sendable, Equatable {
    /// Values in the window, missing ones included.
    package private(set) var count = 0
    package private(set) var missingCount = 0
    /// Values the reference has not.
    package private(set) var unseenCount = 0
    /// Each once, in the order of their bytes.
    package private(set) var unseenValues: [String] = []
    /// Values of the reference that the window has not, in the order of their bytes.
    package private(set) var vanishedValues: [String] = []
    /// Different values in the window.
    package private(set) var distinctCount = 0
    /// In the order of the values' bytes, with a last bin for all unseen ones when there are any.
    package private(set) var referenceCounts: [Double] = []
    package private(set) var counts: [Double] = []

    /// - Parameters: nil stands for a missing value.
    package init(reference: [String?], current: [String?]) {
        var tally: [BinKey: (name: String, count: Double)] = [:]
        for value in reference {
            guard let value else { continue }
            tally[BinKey(value), default: (value, 0)].count += 1
        }
        let sorted = tally.values.sorted { Self.precedes($0.name, $1.name) }
        let names = sorted.map(\.name)
        var place: [BinKey: Int] = [:]
        for (i, name) in names.enumerated() { place[BinKey(name)] = i }
        referenceCounts = sorted.map(\.count)
        counts = names.map { _ in 0 }
        count = current.count
        var unseen: Set<BinKey> = []
        for value in current {
            guard let value else {
                missingCount += 1
                continue
            }
            let key = BinKey(value)
            if let i = place[key] {
                counts[i] += 1
            } else {
                unseenCount += 1
                if unseen.insert(key).inserted { unseenValues.append(value) }
            }
        }
        unseenValues.sort(by: Self.precedes)
        vanishedValues = names.indices.filter { counts[$0] == 0 }.map { names[$0] }
        distinctCount = counts.count { $0 > 0 } + unseenValues.count
        if unseenCount > 0 {
            referenceCounts.append(0)
            counts.append(Double(unseenCount))
        }
    }

    private static func precedes(_ a: String, _ b: String) -> Bool {
        a.utf8.lexicographicallyPrecedes(b.utf8)
    }

    /// Shares in 0...1; nil when there is nothing to share.
    package var missingShare: Double? {
        count > 0 ? Double(missingCount) / Double(count) : nil
    }
    package var unseenShare: Double? {
        let present = count - missingCount
        return present > 0 ? Double(unseenCount) / Double(present) : nil
    }
}

/// Numbers of a window beside the range of the reference.
package struct RangeQuality: Sendable, Equatable {
    package private(set) var count = 0
    package private(set) var missingCount = 0
    package private(set) var infiniteCount = 0
    /// nil when the reference has no finite value.
    package let referenceMinimum: Double?
    package let referenceMaximum: Double?
    /// Values below and above the range, infinite ones included.
    package private(set) var belowCount = 0
    package private(set) var aboveCount = 0

    /// - Parameters: nil and NaN stand for a missing value.
    package init(reference: [Double?], current: [Double?]) {
        let sample = FiniteSample(reference)
        referenceMinimum = sample.smallest
        referenceMaximum = sample.largest
        count = current.count
        for value in current {
            guard let value, !value.isNaN else {
                missingCount += 1
                continue
            }
            if value.isInfinite { infiniteCount += 1 }
            guard let low = referenceMinimum, let high = referenceMaximum else { continue }
            if value < low { belowCount += 1 }
            if value > high { aboveCount += 1 }
        }
    }

    package var missingShare: Double? {
        count > 0 ? Double(missingCount) / Double(count) : nil
    }
    /// Over the values that are not missing.
    package var outOfRangeShare: Double? {
        let present = count - missingCount
        guard present > 0, referenceMinimum != nil else { return nil }
        return Double(belowCount + aboveCount) / Double(present)
    }
}
