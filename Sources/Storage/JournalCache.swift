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
        /// Counts uses.
        var clock = 0
    }

    private static let byteLimit = 16 << 20
    private let state = Mutex(State())

    /// Whether so many values of one selection would be kept.
    static func hasRoom(for cellCount: Int) -> Bool {
        cellCount < byteLimit / 2 / MemoryLayout<Double>.size * 3 / 4
    }

    /// Takes out what is known; whoever asks next finds nothing until it is put back.
    func take(_ key: Key) -> JournalRead? {
        state.withLock { state in
            guard let (read, _) = state.reads.removeValue(forKey: key) else { return nil }
            state.byteCount -= read.byteCount
            return read
        }
    }

    /// Keeps the reads of one selection, unless they are too large; the longest unused make room.
    func keep(_ reads: [(key: Key, read: JournalRead)]) {
        let byteCount = reads.reduce(0) { $0 + $1.read.byteCount }
        guard byteCount <= Self.byteLimit / 2 else { return }
        state.withLock { state in
            state.clock += 1
            for (key, read) in reads {
                let before = state.reads.updateValue((read, state.clock), forKey: key)
                state.byteCount += read.byteCount - (before?.read.byteCount ?? 0)
            }
            guard state.byteCount > Self.byteLimit else { return }
            for (key, entry) in state.reads.sorted(by: { $0.value.usedAt < $1.value.usedAt }) {
                state.reads[key] = nil
                state.byteCount -= entry.read.byteCount
                if state.byteCount <= Self.byteLimit / 2 { break }
            }
        }
    }
}
