import Detection
import Foundation
import Synchronization

/// Sorts any number of values in a few megabytes: runs are sorted in memory and written to a
/// temporary file, then merged.
struct ExternalSort: ~Copyable {
    /// Values sorted at a time.
    private static let runCount = 1 << 15
    /// Runs merged at a time.
    private static let fanIn = 512

    private let runLength: Int
    /// Of the values of the run that is gathered.
    private var keys: [UInt64] = []
    private var scratch: [UInt64] = []
    private var file: TemporaryBytes?
    private var runs: [Range<Int>] = []
    private var missingCount = 0
    private var infiniteCount = 0

    /// - Parameter runLength: Values sorted at a time.
    init(runLength: Int = Self.runCount) {
        self.runLength = runLength
    }

    mutating func insertMissing() { missingCount += 1 }

    /// Takes in a value that is not NaN.
    mutating func insert(_ value: Double) throws {
        guard value.isFinite else { return infiniteCount += 1 }
        // −0 is 0.
        keys.append(AscendingBits.key(value + 0.0))
        if keys.count == runLength { try writeRun() }
    }

    var count: Int { (runs.last?.upperBound ?? 0) + keys.count + infiniteCount }

    /// The values, ascending.
    consuming func sorted() throws -> SortedValues {
        guard file != nil else {
            keys.sort()
            return SortedValues(
                sample: FiniteSample(
                    keys.map(AscendingBits.value), missingCount: missingCount,
                    infiniteCount: infiniteCount), file: nil)
        }
        if !keys.isEmpty { try writeRun() }
        (keys, scratch) = ([], [])
        while runs.count > 1, let source = file {
            let target = try TemporaryBytes()
            var merged: [Range<Int>] = []
            for start in stride(from: 0, to: runs.count, by: Self.fanIn) {
                let group = Array(runs[start..<min(start + Self.fanIn, runs.count)])
                var merge = try RunMerge(group, in: source)
                try merge.write(to: target)
                merged.append(group[0].lowerBound..<group[group.count - 1].upperBound)
            }
            (file, runs) = (target, merged)
        }
        guard let file else { throw CommandFailure("no values were sorted") }
        let stored = SortedFile(file, count: runs.last?.upperBound ?? 0)
        return SortedValues(
            sample: FiniteSample(
                stored, missingCount: missingCount, infiniteCount: infiniteCount), file: stored)
    }

    private mutating func writeRun() throws {
        AscendingBits.sort(&keys, &scratch)
        for i in keys.indices { keys[i] = AscendingBits.value(keys[i]).bitPattern }
        let start = runs.last?.upperBound ?? 0
        let target = try file ?? TemporaryBytes()
        file = target
        try keys.withUnsafeBytes { try target.write($0, at: start * 8) }
        runs.append(start..<(start + keys.count))
        keys.removeAll(keepingCapacity: true)
    }
}

/// What a sort leaves.
struct SortedValues {
    let sample: FiniteSample
    fileprivate let file: SortedFile?

    /// What kept values from being read again; what was computed of them is wrong then.
    var failure: CommandFailure? { file?.failure }
}

/// Numbers as integers that ascend as they do.
private enum AscendingBits {
    /// Bits sorted by at a time.
    private static let width = 11

    /// The sign turned over, and all bits of negative numbers.
    static func key(_ value: Double) -> UInt64 {
        let bits = value.bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }

    static func value(_ key: UInt64) -> Double {
        Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
    }

    /// Ascending; eleven bits of the number at a time, from the lowest.
    ///
    /// - Parameter scratch: Room to be used again.
    static func sort(_ keys: inout [UInt64], _ scratch: inout [UInt64]) {
        let size = 1 << width
        if scratch.count != keys.count { scratch = [UInt64](repeating: 0, count: keys.count) }
        var places = [Int](repeating: 0, count: size)
        for shift in stride(from: UInt64(0), to: 64, by: width) {
            for digit in 0..<size { places[digit] = 0 }
            for key in keys { places[Int(truncatingIfNeeded: key >> shift) & (size - 1)] += 1 }
            if places.contains(keys.count) { continue }
            var place = 0
            for digit in 0..<size { (places[digit], place) = (place, place + places[digit]) }
            for key in keys {
                let digit = Int(truncatingIfNeeded: key >> shift) & (size - 1)
                scratch[places[digit]] = key
                places[digit] += 1
            }
            swap(&keys, &scratch)
        }
    }
}

/// Merges ascending runs of a file.
private struct RunMerge {
    /// Values of a run read at a time, and of all of them written.
    private static let blockCount = 256
    private static let writtenCount = 4096

    private struct Run {
        var rest: Range<Int>
        var block: [Double] = []
        var place = 0

        /// The first value that is left becomes the next one.
        ///
        /// - Returns: nil at the end of the run.
        mutating func next(in file: TemporaryBytes) throws -> Double? {
            if place == block.count {
                guard !rest.isEmpty else { return nil }
                let count = Swift.min(rest.count, blockCount)
                block = try file.doubles(at: rest.lowerBound, count: count)
                rest = (rest.lowerBound + count)..<rest.upperBound
                place = 0
            }
            place += 1
            return block[place - 1]
        }
    }

    private let file: TemporaryBytes
    private let start: Int
    private var runs: [Run]
    /// A heap of the next value of each run, the least first.
    private var heads: [(value: Double, run: Int)] = []

    init(_ runs: [Range<Int>], in file: TemporaryBytes) throws {
        self.file = file
        start = runs[0].lowerBound
        self.runs = runs.map { Run(rest: $0) }
        for i in runs.indices {
            if let value = try self.runs[i].next(in: file) { heads.append((value, i)) }
        }
        heads.sort { $0.value < $1.value }
    }

    /// Writes what the runs hold where they lay.
    mutating func write(to target: TemporaryBytes) throws {
        var block: [Double] = []
        block.reserveCapacity(Self.writtenCount)
        var place = start
        while let head = heads.first {
            block.append(head.value)
            if block.count == Self.writtenCount {
                try block.withUnsafeBytes { try target.write($0, at: place * 8) }
                place += block.count
                block.removeAll(keepingCapacity: true)
            }
            if let next = try runs[head.run].next(in: file) {
                sift((next, head.run))
            } else {
                let last = heads.removeLast()
                if !heads.isEmpty { sift(last) }
            }
        }
        try block.withUnsafeBytes { try target.write($0, at: place * 8) }
    }

    /// Puts an entry in the place of the least one.
    private mutating func sift(_ entry: (value: Double, run: Int)) {
        heads.withUnsafeMutableBufferPointer { heads in
            var i = 0
            while 2 * i + 1 < heads.count {
                var child = 2 * i + 1
                if child + 1 < heads.count, heads[child + 1].value < heads[child].value {
                    child += 1
                }
                guard heads[child].value < entry.value else { break }
                heads[i] = heads[child]
                i = child
            }
            heads[i] = entry
        }
    }
}

/// Ascending values of a file.
///
/// A block that cannot be read is lent as zeros, and the failure told afterwards: what is computed
/// from them is not to be shown then.
fileprivate final class SortedFile: AscendingBlocks {
    private static let blockCount = 4096

    let count: Int
    private let file: TemporaryBytes
    private let firstFailure = Mutex<CommandFailure?>(nil)

    init(_ file: TemporaryBytes, count: Int) {
        self.file = file
        self.count = count
    }

    var failure: CommandFailure? { firstFailure.withLock { $0 } }

    func block(at i: Int) -> (first: Int, values: [Double]) {
        let first = i - i % Self.blockCount
        let length = min(Self.blockCount, count - first)
        do {
            return (first, try file.doubles(at: first, count: length))
        } catch {
            let failure = error as? CommandFailure ?? CommandFailure("\(error)")
            firstFailure.withLock { $0 = $0 ?? failure }
            return (first, [Double](repeating: 0, count: length))
        }
    }
}

extension TemporaryBytes {
    /// Numbers from a place that is counted in numbers.
    fileprivate func doubles(at place: Int, count: Int) throws -> [Double] {
        try [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
            try read(into: UnsafeMutableRawBufferPointer(buffer), at: place * 8)
            initialized = count
        }
    }
}
