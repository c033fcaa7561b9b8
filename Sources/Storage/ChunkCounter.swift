import Synchronization

/// How many blocks, rows of the journal and roll-ups were read and decoded.
final class ChunkCounter: Sendable {
    private let total = Atomic(0)

    var count: Int { total.load(ordering: .relaxed) }

    func add(_ count: Int) {
        total.wrappingAdd(count, ordering: .relaxed)
    }
}
