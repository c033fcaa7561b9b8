/// The bytes of a state while they are written; `docs/storage-format.md` describes them.
///
/// Containers are opened one inside the other. To write into one closes those that were opened
/// after it, which is how `Codable` leaves them: without a word.
final class StateWriter {
    private var bytes: [UInt8] = [StateTag.version]
    private var depth = 0
    /// Places of the texts written so far.
    private var texts: [String: Int] = [:]

    /// Begins a container in the one of `depth`.
    ///
    /// - Returns: The depth of what is in it.
    func open(_ tag: StateTag, at depth: Int) -> Int {
        close(to: depth)
        put(tag)
        self.depth = depth + 1
        return self.depth
    }

    /// Ends the containers that are deeper.
    func close(to depth: Int) {
        while self.depth > depth {
            put(.end)
            self.depth -= 1
        }
    }

    func put(_ tag: StateTag) { bytes.append(tag.rawValue) }

    func put(_ value: Int64) {
        if let small = UInt8(exactly: value), small < StateTag.smallCount {
            bytes.append(StateTag.smallBase + small)
        } else {
            put(.integer)
            Varint.append(signed: value, to: &bytes)
        }
    }

    func put(_ value: UInt64) {
        if let signed = Int64(exactly: value), value < 1 << 56 { return put(signed) }
        put(.unsigned)
        Varint.append(raw: value, to: &bytes)
    }

    /// Whole numbers are written as such, which is shorter.
    func put(_ value: Double) {
        if let whole = Self.whole(value) { return put(whole) }
        put(.double)
        Varint.append(raw: value.bitPattern, to: &bytes)
    }

    /// A text is written once, and later its number.
    func put(_ text: String) {
        if let known = texts[text] {
            put(.knownText)
            Varint.append(UInt64(known), to: &bytes)
            return
        }
        texts[text] = texts.count
        put(.text)
        Varint.append(UInt64(text.utf8.count), to: &bytes)
        bytes.append(contentsOf: text.utf8)
    }

    func put(blob: some Collection<UInt8>) {
        put(.blob)
        Varint.append(UInt64(blob.count), to: &bytes)
        bytes.append(contentsOf: blob)
    }

    func put(_ numbers: [Float]) {
        put(.floats)
        Varint.append(UInt64(numbers.count), to: &bytes)
        for number in numbers {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }

    func put(_ numbers: [Double]) {
        let wholes = numbers.compactMap(Self.whole)
        guard wholes.count < numbers.count || numbers.isEmpty else {
            put(.wholes)
            Varint.append(UInt64(wholes.count), to: &bytes)
            for whole in wholes { Varint.append(signed: whole, to: &bytes) }
            return
        }
        put(.doubles)
        Varint.append(UInt64(numbers.count), to: &bytes)
        for number in numbers { Varint.append(raw: number.bitPattern, to: &bytes) }
    }

    /// All that was written, with its checksum.
    func finished() -> [UInt8] {
        close(to: 0)
        let checksum = bytes.withUnsafeBytes { Checksum.folded($0) }
        return bytes + withUnsafeBytes(of: checksum.littleEndian) { Array($0) }
    }

    /// The integer that a double is bit for bit, where that takes fewer bytes than the double.
    private static func whole(_ value: Double) -> Int64? {
        guard abs(value) < 0x1p48, value != 0 || value.sign == .plus else { return nil }
        return Int64(exactly: value)
    }
}

/// What the first byte of a value says of it.
enum StateTag: UInt8 {
    /// The first byte of a state, which is none of JSON.
    static let version: UInt8 = 1
    /// From this byte on it is itself a small integer.
    static let smallBase: UInt8 = 0x80
    static let smallCount: UInt8 = 0x80

    case null
    case no
    case yes
    /// Follows as ZigZag and LEB128.
    case integer
    /// 8 bytes, without sign.
    case unsigned
    /// 8 bytes.
    case double
    /// Its length, then UTF-8; the next of the texts.
    case text
    /// The number of an earlier text.
    case knownText
    /// Values up to `end`.
    case list
    /// Texts and values in turn, up to `end`.
    case fields
    case end
    /// Its length, then bytes.
    case blob
    /// How many, then 4 bytes each.
    case floats
    /// How many, then 8 bytes each.
    case doubles
    /// Doubles that are whole numbers: how many, then each as ZigZag and LEB128.
    case wholes
}
