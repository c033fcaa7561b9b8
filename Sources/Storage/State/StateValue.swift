/// A state as it was read: every value with what is in it.
indirect enum StateValue {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case double(Double)
    case text(String)
    case list([StateValue])
    case fields([(name: String, value: StateValue)])
    case blob([UInt8])
    case floats([Float])
    case doubles([Double])

    private static let largestDepth = 32

    /// - Throws: Where the bytes are damaged, or of a version that is not known.
    init(_ bytes: UnsafeRawBufferPointer) throws(Damage) {
        var reader = ByteReader(bytes)
        let version = try reader.byte()
        guard version == StateTag.version else { throw Damage("a state of version \(version)") }
        reader = try ByteReader(checked: bytes)
        _ = try reader.byte()
        var texts: [String] = []
        guard let value = try Self.next(&reader, &texts, depth: 0) else {
            throw Damage("nothing in a state")
        }
        guard reader.remainingCount == 0 else { throw Damage("bytes behind a state") }
        self = value
    }

    /// - Returns: nil at the end of a container.
    private static func next(
        _ reader: inout ByteReader, _ texts: inout [String], depth: Int
    ) throws(Damage) -> StateValue? {
        let byte = try reader.byte()
        if byte >= StateTag.smallBase { return .integer(Int64(byte - StateTag.smallBase)) }
        guard let tag = StateTag(rawValue: byte) else { throw Damage("tag \(byte) in a state") }
        guard depth <= largestDepth else { throw Damage("a state too deep") }
        switch tag {
        case .null: return .null
        case .no: return .bool(false)
        case .yes: return .bool(true)
        case .integer: return .integer(try reader.signed())
        case .unsigned: return .unsigned(try reader.raw())
        case .double: return .double(Double(bitPattern: try reader.raw()))
        case .text:
            let utf8 = try reader.slice(try reader.count(limit: reader.remainingCount))
            guard let text = String(validating: utf8, as: UTF8.self) else {
                throw Damage("text that is not UTF-8")
            }
            texts.append(text)
            return .text(text)
        case .knownText:
            let number = try reader.varint()
            guard number < texts.count else { throw Damage("text \(number) of \(texts.count)") }
            return .text(texts[Int(number)])
        case .list:
            var values: [StateValue] = []
            while let value = try next(&reader, &texts, depth: depth + 1) { values.append(value) }
            return .list(values)
        case .fields:
            var fields: [(name: String, value: StateValue)] = []
            while let name = try next(&reader, &texts, depth: depth + 1) {
                guard case .text(let name) = name,
                    let value = try next(&reader, &texts, depth: depth + 1)
                else { throw Damage("a field without name or value") }
                fields.append((name, value))
            }
            return .fields(fields)
        case .end:
            guard depth > 0 else { throw Damage("an end without beginning") }
            return nil
        case .blob:
            let count = try reader.count(limit: reader.remainingCount)
            return .blob(Array(try reader.slice(count)))
        case .floats: return .floats(try numbers(&reader, Float.init(bitPattern:)))
        case .doubles: return .doubles(try numbers(&reader, Double.init(bitPattern:)))
        case .wholes: return .doubles(try wholes(&reader))
        }
    }

    /// Numbers by their bits, little-endian.
    private static func numbers<Bits: FixedWidthInteger & BitwiseCopyable, Number>(
        _ reader: inout ByteReader, _ number: (Bits) -> Number
    ) throws(Damage) -> [Number] {
        let width = MemoryLayout<Bits>.size
        let count = try reader.count(limit: reader.remainingCount / width)
        let bytes = try reader.slice(width * count)
        return (0..<count).map {
            let bits = bytes.loadUnaligned(fromByteOffset: width * $0, as: Bits.self)
            return number(Bits(littleEndian: bits))
        }
    }

    private static func wholes(_ reader: inout ByteReader) throws(Damage) -> [Double] {
        let count = try reader.count(limit: reader.remainingCount)
        var numbers: [Double] = []
        numbers.reserveCapacity(count)
        for _ in 0..<count { numbers.append(Double(try reader.signed())) }
        return numbers
    }
}
