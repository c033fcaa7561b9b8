#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The identity of a series: label names and values, sorted by the bytes of the names.
///
/// Stored as one UTF-8 blob: name, `0xFF`, value, `0xFF`, for each pair in order. `0xFF` never
/// occurs in UTF-8, so the blob is unambiguous; equality and order are those of its bytes, which
/// Swift's own `String` equality (canonical equivalence) is not. An empty value means that the
/// label is absent, as in Prometheus.
package struct LabelSet: Hashable, Sendable {
    /// The blob described above.
    package let canonicalBytes: [UInt8]

    package static let separator: UInt8 = 0xFF
    package static let metricNameLabel = "__name__"

    /// The empty set.
    package init() {
        canonicalBytes = []
    }

    /// Adopts a blob that another `LabelSet` produced.
    ///
    /// - Precondition: Well-formed as described above. Not for bytes from outside.
    package init(canonicalBytes: [UInt8]) {
        self.canonicalBytes = canonicalBytes
    }

    /// Sorts; of pairs with one name the last wins; pairs with an empty value are left out.
    package init(_ pairs: [(name: String, value: String)]) {
        var order = Array(pairs.indices)
        order.sort { a, b in
            let difference = Self.difference(pairs[a].name, pairs[b].name)
            return difference < 0 || difference == 0 && a < b
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            pairs.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 })
        for (place, index) in order.enumerated() {
            let pair = pairs[index]
            if place + 1 < order.count,
                Self.difference(pair.name, pairs[order[place + 1]].name) == 0
            {
                continue
            }
            if pair.value.isEmpty { continue }
            bytes.append(contentsOf: pair.name.utf8)
            bytes.append(Self.separator)
            bytes.append(contentsOf: pair.value.utf8)
            bytes.append(Self.separator)
        }
        canonicalBytes = bytes
    }

    /// Less than, equal to or greater than 0 as the bytes of one text are those of the other's.
    private static func difference(_ a: String, _ b: String) -> Int {
        var (a, b) = (a, b)
        return a.withUTF8 { a in
            b.withUTF8 { b in
                guard let first = a.baseAddress, let second = b.baseAddress else {
                    return a.count - b.count
                }
                let order = memcmp(first, second, min(a.count, b.count))
                return order == 0 ? a.count - b.count : Int(order)
            }
        }
    }

    /// Compares in one go; arrays would be compared byte by byte.
    package static func == (a: LabelSet, b: LabelSet) -> Bool {
        a.canonicalBytes.withUnsafeBytes { a in
            b.canonicalBytes.withUnsafeBytes { b in
                guard a.count == b.count else { return false }
                guard let first = a.baseAddress, let second = b.baseAddress else { return true }
                return first == second || memcmp(first, second, a.count) == 0
            }
        }
    }

    /// Hashes the blob in one go; the compiler's own version would go byte by byte.
    package func hash(into hasher: inout Hasher) {
        canonicalBytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    /// Labels with a metric name.
    package init(metricName: String, _ labels: [String: String] = [:]) {
        self.init(
            labels.map { (name: $0.key, value: $0.value) }
                + [(name: Self.metricNameLabel, value: metricName)])
    }

    package var isEmpty: Bool { canonicalBytes.isEmpty }

    /// Number of labels, the metric name included.
    package var count: Int { canonicalBytes.reduce(0) { $0 + ($1 == Self.separator ? 1 : 0) } / 2 }

    /// The value of a label, nil where it is absent. O(bytes), allocates only the result.
    package subscript(name: String) -> String? {
        var name = name
        return name.withUTF8 { name in
            canonicalBytes.withUnsafeBytes { bytes in
                valueBytes(of: UnsafeRawBufferPointer(name), in: bytes).map {
                    String(decoding: $0, as: UTF8.self)
                }
            }
        }
    }

    private func valueBytes(
        of name: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        var rest = bytes
        func upToSeparator() -> UnsafeRawBufferPointer? {
            guard let start = rest.baseAddress,
                let end = memchr(start, Int32(Self.separator), rest.count)
            else { return nil }
            let length = UnsafeRawPointer(end) - start
            defer { rest = UnsafeRawBufferPointer(rebasing: rest[(length + 1)...]) }
            return UnsafeRawBufferPointer(rebasing: rest[..<length])
        }
        while let found = upToSeparator(), let value = upToSeparator() {
            guard let a = found.baseAddress, let b = name.baseAddress, found.count == name.count
            else { continue }
            if memcmp(a, b, name.count) == 0 { return value }
        }
        return nil
    }

    /// The value of `__name__`.
    package var metricName: String? { self[Self.metricNameLabel] }

    /// Name and value of each label in the order of the names' bytes.
    package var pairs: [(name: String, value: String)] {
        byteRanges.map {
            (
                String(decoding: canonicalBytes[$0.name], as: UTF8.self),
                String(decoding: canonicalBytes[$0.value], as: UTF8.self)
            )
        }
    }

    package var dictionary: [String: String] {
        Dictionary(pairs.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// Where each name and value lie in `canonicalBytes`.
    package var byteRanges: [(name: Range<Int>, value: Range<Int>)] {
        var ranges: [(name: Range<Int>, value: Range<Int>)] = []
        var start = 0
        while let nameEnd = canonicalBytes[start...].firstIndex(of: Self.separator),
            let valueEnd = canonicalBytes[(nameEnd + 1)...].firstIndex(of: Self.separator)
        {
            ranges.append((start..<nameEnd, (nameEnd + 1)..<valueEnd))
            start = valueEnd + 1
        }
        return ranges
    }

    /// FNV-1a of the canonical bytes, which is Alertmanager's fingerprint of the labels.
    package var fingerprint: UInt64 {
        canonicalBytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// These labels with one set, or removed where the value is nil or empty.
    package func setting(_ name: String, to value: String?) -> LabelSet {
        LabelSet(pairs + [(name: name, value: value ?? "")])
    }

    /// These labels, overridden by those of another set.
    package func merging(_ other: LabelSet) -> LabelSet {
        LabelSet(pairs + other.pairs)
    }

    package func keeping(_ names: [String]) -> LabelSet {
        LabelSet(pairs.filter { pair in names.contains { $0.utf8.elementsEqual(pair.name.utf8) } })
    }

    package func removing(_ names: [String]) -> LabelSet {
        LabelSet(pairs.filter { pair in !names.contains { $0.utf8.elementsEqual(pair.name.utf8) } })
    }
}

extension LabelSet: Comparable {
    package static func < (a: LabelSet, b: LabelSet) -> Bool {
        // Sorting a selection of many series is mostly this: memcmp, not byte by byte.
        a.canonicalBytes.withUnsafeBytes { a in
            b.canonicalBytes.withUnsafeBytes { b in
                guard let first = a.baseAddress, let second = b.baseAddress else {
                    return a.count < b.count
                }
                let order = memcmp(first, second, min(a.count, b.count))
                return order == 0 ? a.count < b.count : order < 0
            }
        }
    }
}

extension LabelSet: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { (name: $0.0, value: $0.1) })
    }
}

extension LabelSet: CustomStringConvertible {
    /// As PromQL writes it: `up{instance="a:1",service="x"}`. Values are escaped, so that no
    /// control character of a hostile value reaches a terminal.
    package var description: String {
        let labels = pairs.filter { $0.name != Self.metricNameLabel }
            .map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
            .joined(separator: ",")
        guard let name = metricName else { return "{\(labels)}" }
        return labels.isEmpty ? name : "\(name){\(labels)}"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case _ where scalar.isUnfitToShow:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
