import Foundation

/// Encodes what a detector remembers, as `docs/storage-format.md` describes.
///
/// Field names and other texts are written once, arrays of numbers as what they are. Fields are
/// found by their names, so that a newer mlmon may add some.
package enum StateEncoder {
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let writer = StateWriter()
        try ValueEncoder(writer, depth: 0).encode(value)
        return writer.finished()
    }
}

/// Encodes one value at a depth of the writer.
private struct ValueEncoder: Encoder {
    let writer: StateWriter
    let depth: Int
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ writer: StateWriter, depth: Int) {
        self.writer = writer
        self.depth = depth
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(FieldEncoder(writer, depth: writer.open(.fields, at: depth)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        ListEncoder(writer, depth: writer.open(.list, at: depth))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension ValueEncoder: SingleValueEncodingContainer {
    func encodeNil() { writer.put(.null) }
    func encode(_ value: Bool) { writer.put(value ? .yes : .no) }
    func encode(_ value: String) { writer.put(value) }
    func encode(_ value: Double) { writer.put(value) }
    func encode(_ value: Float) { writer.put(Double(value)) }
    func encode(_ value: Int) { writer.put(Int64(value)) }
    func encode(_ value: Int8) { writer.put(Int64(value)) }
    func encode(_ value: Int16) { writer.put(Int64(value)) }
    func encode(_ value: Int32) { writer.put(Int64(value)) }
    func encode(_ value: Int64) { writer.put(value) }
    func encode(_ value: UInt) { writer.put(UInt64(value)) }
    func encode(_ value: UInt8) { writer.put(UInt64(value)) }
    func encode(_ value: UInt16) { writer.put(UInt64(value)) }
    func encode(_ value: UInt32) { writer.put(UInt64(value)) }
    func encode(_ value: UInt64) { writer.put(value) }

    func encode<T: Encodable>(_ value: T) throws {
        if T.self == [Double].self, let numbers = value as? [Double] {
            writer.put(numbers)
        } else if T.self == [Float].self, let numbers = value as? [Float] {
            writer.put(numbers)
        } else if T.self == [UInt8].self, let blob = value as? [UInt8] {
            writer.put(blob: blob)
        } else if T.self == Data.self, let blob = value as? Data {
            writer.put(blob: blob)
        } else {
            try value.encode(to: self)
            writer.close(to: depth)
        }
    }
}

private struct FieldEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    private let writer: StateWriter
    private let depth: Int
    var codingPath: [any CodingKey] { [] }

    init(_ writer: StateWriter, depth: Int) {
        self.writer = writer
        self.depth = depth
    }

    /// Where the value of a field is written, after its name.
    private func value(of key: some CodingKey) -> ValueEncoder {
        writer.close(to: depth)
        writer.put(key.stringValue)
        return ValueEncoder(writer, depth: depth)
    }

    func encodeNil(forKey key: Key) { value(of: key).encodeNil() }
    func encode(_ value: Bool, forKey key: Key) { self.value(of: key).encode(value) }
    func encode(_ value: String, forKey key: Key) { self.value(of: key).encode(value) }
    func encode(_ value: Double, forKey key: Key) { self.value(of: key).encode(value) }
    func encode(_ value: Int, forKey key: Key) { self.value(of: key).encode(value) }
    func encode(_ value: Int64, forKey key: Key) { self.value(of: key).encode(value) }
    func encode(_ value: UInt64, forKey key: Key) { self.value(of: key).encode(value) }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        try self.value(of: key).encode(value)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { value(of: key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        value(of: key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { value(of: StateKey(stringValue: "super")) }
    func superEncoder(forKey key: Key) -> any Encoder { value(of: key) }
}

private struct ListEncoder: UnkeyedEncodingContainer {
    private let writer: StateWriter
    private let depth: Int
    private(set) var count = 0
    var codingPath: [any CodingKey] { [] }

    init(_ writer: StateWriter, depth: Int) {
        self.writer = writer
        self.depth = depth
    }

    /// Where the next value is written.
    private mutating func next() -> ValueEncoder {
        writer.close(to: depth)
        count += 1
        return ValueEncoder(writer, depth: depth)
    }

    mutating func encodeNil() { next().encodeNil() }
    mutating func encode(_ value: Bool) { next().encode(value) }
    mutating func encode(_ value: String) { next().encode(value) }
    mutating func encode(_ value: Double) { next().encode(value) }
    mutating func encode(_ value: Int) { next().encode(value) }
    mutating func encode<T: Encodable>(_ value: T) throws { try next().encode(value) }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> { next().container(keyedBy: type) }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        next().unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { next() }
}

/// A field by its name.
struct StateKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
