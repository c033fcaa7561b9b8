import Foundation

/// Decodes what `StateEncoder` wrote, and the JSON of older files.
package enum StateDecoder {
    /// - Throws: `StateDamage` for bytes that are neither, or are not of such a value.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws(StateDamage) -> Value {
        do {
            if bytes.first == 0x7B { return try JSONDecoder().decode(type, from: Data(bytes)) }
            let value = try bytes.withUnsafeBytes { try StateValue($0) }
            return try ValueDecoder(value).decode(type)
        } catch let damage as Damage {
            throw StateDamage(reason: damage.reason)
        } catch {
            throw StateDamage(reason: "\(error)")
        }
    }

    /// What is wrong with the bytes themselves, whatever they are of; nil where nothing is.
    static func damage(in bytes: [UInt8]) -> String? {
        if bytes.first == 0x7B {
            return (try? JSONSerialization.jsonObject(with: Data(bytes))) == nil ? "no JSON" : nil
        }
        return bytes.withUnsafeBytes { bytes in
            do throws(Damage) {
                _ = try StateValue(bytes)
                return nil
            } catch {
                return error.reason
            }
        }
    }
}

/// The state of a detector does not decode: the detector has to begin anew.
package struct StateDamage: Error, Equatable {
    package let reason: String
}

/// Decodes one value.
private struct ValueDecoder: Decoder {
    let value: StateValue
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ value: StateValue) { self.value = value }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .fields(let fields) = value else { throw mismatch("fields") }
        return KeyedDecodingContainer(FieldDecoder(fields))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        switch value {
        case .list(let values): return ListDecoder(values)
        // Of a type that is encoded otherwise now.
        case .doubles(let numbers): return ListDecoder(numbers.map { .double($0) })
        case .floats(let numbers): return ListDecoder(numbers.map { .double(Double($0)) })
        case .blob(let bytes): return ListDecoder(bytes.map { .integer(Int64($0)) })
        default: throw mismatch("a list")
        }
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    private func mismatch(_ expected: String) -> Damage { Damage("a state without \(expected)") }

    private func integer<I: FixedWidthInteger>(_ type: I.Type) throws -> I {
        let integer: I? =
            switch value {
            case .integer(let integer): I(exactly: integer)
            case .unsigned(let integer): I(exactly: integer)
            case .double(let double): I(exactly: double)
            default: nil
            }
        guard let integer else { throw mismatch("an integer") }
        return integer
    }
}

extension ValueDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool {
        if case .null = value { true } else { false }
    }

    func decode(_ type: Bool.Type) throws -> Bool {
        guard case .bool(let bool) = value else { throw mismatch("a Boolean") }
        return bool
    }

    func decode(_ type: String.Type) throws -> String {
        guard case .text(let text) = value else { throw mismatch("a text") }
        return text
    }

    func decode(_ type: Double.Type) throws -> Double {
        switch value {
        case .double(let double): return double
        case .integer(let integer): return Double(integer)
        case .unsigned(let integer): return Double(integer)
        default: throw mismatch("a number")
        }
    }

    func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
    func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if case .doubles(let numbers) = value, let array = numbers as? T { return array }
        if case .floats(let numbers) = value, let array = numbers as? T { return array }
        if case .blob(let bytes) = value {
            if let array = bytes as? T { return array }
            if let data = Data(bytes) as? T { return data }
        }
        return try type.init(from: self)
    }
}

private struct FieldDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let values: [String: StateValue]
    var codingPath: [any CodingKey] { [] }

    init(_ fields: [(name: String, value: StateValue)]) {
        values = Dictionary(fields.map { ($0.name, $0.value) }) { _, last in last }
    }

    var allKeys: [Key] { values.keys.compactMap(Key.init) }

    func contains(_ key: Key) -> Bool { values[key.stringValue] != nil }

    private func value(_ key: some CodingKey) throws -> ValueDecoder {
        guard let value = values[key.stringValue] else {
            throw Damage("a state without '\(key.stringValue)'")
        }
        return ValueDecoder(value)
    }

    func decodeNil(forKey key: Key) throws -> Bool { try value(key).decodeNil() }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try value(key).decode(type) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(key).decode(type) }

    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        try value(key).decode(type)
    }

    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        try value(key).decode(type)
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try value(key).decode(type)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try value(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try value(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try value(StateKey(stringValue: "super")) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try value(key) }
}

private struct ListDecoder: UnkeyedDecodingContainer {
    private let values: [StateValue]
    private(set) var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { values.count }
    var isAtEnd: Bool { currentIndex >= values.count }

    init(_ values: [StateValue]) { self.values = values }

    private mutating func next() throws -> ValueDecoder {
        guard !isAtEnd else { throw Damage("a list that ends early") }
        defer { currentIndex += 1 }
        return ValueDecoder(values[currentIndex])
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, case .null = values[currentIndex] else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().decode(type) }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { try next().container(keyedBy: type) }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder { try next() }
}
