import TimeSeries

/// Numbers label sets in the order of their first appearance.
///
/// Open addressing with linear probing over the sets' canonical bytes, which are hashed in bulk.
struct LabelIndex {
    private(set) var keys: [LabelSet] = []
    /// Index into `keys` plus 1; 0 is free. The count is a power of 2.
    private var slots: [Int32]
    private var hashes: [Int] = []

    init(capacity: Int = 16) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
    }

    var count: Int { keys.count }

    /// The number of these labels, new ones included.
    mutating func insert(_ labels: LabelSet) -> Int {
        let hash = Self.hash(labels.canonicalBytes)
        let slot = find(labels.canonicalBytes, hash: hash)
        if slots[slot] != 0 { return Int(slots[slot]) - 1 }
        add(labels, hash: hash, at: slot)
        return keys.count - 1
    }

    /// The number of the labels with these canonical bytes, new ones included.
    mutating func insert(bytes: [UInt8]) -> Int {
        let hash = Self.hash(bytes)
        let slot = find(bytes, hash: hash)
        if slots[slot] != 0 { return Int(slots[slot]) - 1 }
        // A copy, since the caller goes on using its buffer.
        let copy = bytes.withUnsafeBufferPointer { Array($0) }
        add(LabelSet(canonicalBytes: copy), hash: hash, at: slot)
        return keys.count - 1
    }

    /// The number of these labels, nil where they were never inserted.
    func index(ofBytes bytes: [UInt8]) -> Int? {
        let slot = find(bytes, hash: Self.hash(bytes))
        return slots[slot] == 0 ? nil : Int(slots[slot]) - 1
    }

    private mutating func add(_ labels: LabelSet, hash: Int, at slot: Int) {
        keys.append(labels)
        hashes.append(hash)
        slots[slot] = Int32(truncatingIfNeeded: keys.count)
        if keys.count * 2 > slots.count { grow() }
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for (index, hash) in hashes.enumerated() {
            var slot = hash & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(truncatingIfNeeded: index + 1)
        }
    }

    private func find(_ bytes: [UInt8], hash: Int) -> Int {
        let mask = slots.count - 1
        var slot = hash & mask
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if hashes[index] == hash, keys[index].canonicalBytes == bytes { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private static func hash(_ bytes: [UInt8]) -> Int {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}
