#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Label sets in a fixed order, packed: those of a page are mostly alike.
///
/// A set is kept whole, or as what it has in the middle that an earlier whole one has not: two
/// buckets of a histogram differ in the value of `le` alone. That takes some 20 bytes a set, where
/// an array of `LabelSet` takes more than 150.
///
/// A set is made anew each time it is asked for, which is one allocation: not for what is done with
/// every sample.
package struct PackedLabelSets: Sendable {
    /// One set after the other: the distance back to the whole one, as a varint; 0 for a whole set,
    /// whose bytes follow. Else the lengths of the beginning and the end that the two share, as
    /// varints, and what stands between.
    private var bytes: [UInt8] = []
    /// Where each ends.
    private var ends: [UInt32] = []

    /// - Precondition: Less than 4 GiB in all.
    package init(_ sets: some Collection<LabelSet>) {
        ends.reserveCapacity(sets.count)
        var whole: (index: Int, bytes: [UInt8])?
        for (index, set) in sets.enumerated() {
            let own = set.canonicalBytes
            if let whole, let shared = Self.shared(own, whole.bytes) {
                Self.append(index - whole.index, to: &bytes)
                Self.append(shared.prefix, to: &bytes)
                Self.append(shared.suffix, to: &bytes)
                bytes += own[shared.prefix..<(own.count - shared.suffix)]
            } else {
                whole = (index, own)
                bytes.append(0)
                bytes += own
            }
            precondition(bytes.count <= UInt32.max, "\(bytes.count) bytes of labels in one table")
            ends.append(UInt32(bytes.count))
        }
        // Growing doubles it.
        bytes = bytes.withUnsafeBufferPointer { Array($0) }
    }

    /// What two sets begin and end with; nil where that is less than two thirds.
    private static func shared(_ own: [UInt8], _ whole: [UInt8]) -> SharedEnds? {
        let shared = own.withUnsafeBufferPointer { own in
            whole.withUnsafeBufferPointer { SharedEnds(own, $0) }
        }
        return 3 * (own.count - shared.prefix - shared.suffix) <= own.count ? shared : nil
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// What a set is put together from, in this order.
    private struct Parts {
        let prefix: UnsafeBufferPointer<UInt8>
        let middle: UnsafeBufferPointer<UInt8>
        let suffix: UnsafeBufferPointer<UInt8>

        var count: Int { prefix.count + middle.count + suffix.count }
    }

    private func withParts<T>(at index: Int, _ body: (Parts) -> T) -> T {
        bytes.withUnsafeBufferPointer { all in
            var entry = entry(index, in: all)
            let distance = Self.number(&entry)
            guard distance > 0 else {
                let none = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
                return body(
                    Parts(
                        prefix: UnsafeBufferPointer(rebasing: entry), middle: none, suffix: none))
            }
            let prefix = Self.number(&entry)
            let suffix = Self.number(&entry)
            let whole = self.entry(index - distance, in: all).dropFirst()
            return body(
                Parts(
                    prefix: UnsafeBufferPointer(rebasing: whole.prefix(prefix)),
                    middle: UnsafeBufferPointer(rebasing: entry),
                    suffix: UnsafeBufferPointer(rebasing: whole.suffix(suffix))))
        }
    }

    private func entry(
        _ index: Int, in all: UnsafeBufferPointer<UInt8>
    ) -> Slice<UnsafeBufferPointer<UInt8>> {
        all[(index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])]
    }

    private static func number(_ entry: inout Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var number = 0
        var shift = 0
        while let byte = entry.popFirst() {
            number |= Int(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return number
    }
}

extension PackedLabelSets: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { ends.count }

    /// - Complexity: O(bytes of the set); allocates it.
    package subscript(index: Int) -> LabelSet {
        withParts(at: index) { parts in
            LabelSet(
                canonicalBytes: [UInt8](unsafeUninitializedCapacity: parts.count) { buffer, count in
                    func put(_ part: UnsafeBufferPointer<UInt8>) {
                        let rest = UnsafeMutableBufferPointer(rebasing: buffer[count...])
                        count += rest.initialize(fromContentsOf: part)
                    }
                    put(parts.prefix)
                    put(parts.middle)
                    put(parts.suffix)
                })
        }
    }
}

extension PackedLabelSets {
    /// Whether these are the same sets in the same order; does not allocate.
    package func elementsEqual(_ other: [LabelSet]) -> Bool {
        count == other.count && other.indices.allSatisfy { isEqual(at: $0, to: other[$0]) }
    }

    /// Whether the set at an index is that one; does not allocate.
    package func isEqual(at index: Int, to set: LabelSet) -> Bool {
        set.canonicalBytes.withUnsafeBufferPointer { own in
            withParts(at: index) { parts in
                own.count == parts.count
                    && Self.isEqual(own.prefix(parts.prefix.count), parts.prefix)
                    && Self.isEqual(
                        own.dropFirst(parts.prefix.count).prefix(parts.middle.count), parts.middle)
                    && Self.isEqual(own.suffix(parts.suffix.count), parts.suffix)
            }
        }
    }

    private static func isEqual(
        _ own: Slice<UnsafeBufferPointer<UInt8>>, _ part: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard let a = UnsafeBufferPointer(rebasing: own).baseAddress, let b = part.baseAddress
        else { return part.isEmpty }
        return memcmp(a, b, part.count) == 0
    }
}
