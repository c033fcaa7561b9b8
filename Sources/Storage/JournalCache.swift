import Synchronization

/// What was read of the journal lately, so that what is asked again and again, as dashboards do,
/// costs no more than the rows since.
///
/// A row of the journal never changes and its number is never given twice; whether it counts, or is
/// folded into blocks meanwhile, is for the reader to tell.
final class JournalCache: Sendable {
    /// Some places of the rows of one layout.
    struct Key: Hashable, Sendable {
        let layout: Int64
        /// Ascending.
        let places: [Int]

        func hash(into hasher: inout Hasher) {
            hasher.combine(layout)
            places.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    private struct State {
        var reads: [Key: (read: JournalRead, usedAt: Int)] = [:]
        var byteCount = 0
        /// How many of the reads are of a layout.
        var readCounts: [Int64: Int] = [:]
        /// Counts uses.
        var clock = 0

        mutating func remove(_ key: Key) -> JournalRead? {
            guard let (read, _) = reads.removeValue(forKey: key) else { return nil }
            byteCount -= read.byteCount
            readCounts[key.layout, default: 1] -= 1
            if readCounts[key.layout] == 0 { readCounts[key.layout] = nil }
            return read
        }
    }

    private static let byteLimit = 16 << 20
    private let state = Mutex(State())

    /// Whether so many values of one selection would be kept.
    static func hasRoom(for cellCount: Int) -> Bool {
        cellCount < byteLimit / 2 / MemoryLayout<Double>.size * 3 / 4
    }

    /// Takes out what is known; whoever asks next finds nothing until it is put back.
    func take(_ key: Key) -> JournalRead? {
        state.withLock { $0.remove(key) }
    }

    /// Whether anything of the layout is known.
    func knows(_ layout: Int64) -> Bool {
        state.withLock { $0.readCounts[layout] != nil }
    }

    /// Keeps the reads of one selection, unless they are too large; the longest unused make room.
    func keep(_ reads: [(key: Key, read: JournalRead)]) {
        let byteCount = reads.reduce(0) { $0 + $1.read.byteCount }
        guard byteCount <= Self.byteLimit / 2 else { return }
        state.withLock { state in
            state.clock += 1
            for (key, read) in reads {
                _ = state.remove(key)
                state.reads[key] = (read, state.clock)
                state.byteCount += read.byteCount
                state.readCounts[key.layout, default: 0] += 1
            }
            guard state.byteCount > Self.byteLimit else { return }
            for (key, _) in state.reads.sorted(by: { $0.value.usedAt < $1.value.usedAt }) {
                _ = state.remove(key)
                if state.byteCount <= Self.byteLimit / 2 { break }
            }
        }
    }
}
