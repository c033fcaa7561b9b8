import Foundation

/// A blob of the store does not decode: it was damaged, or not written by mlmon.
struct Damage: Error, Equatable {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// LEB128 and ZigZag, as in Protocol Buffers.
///
/// Source: https://protobuf.dev/programming-guides/encoding/
enum Varint {
    @inline(__always)
    static func zigzag(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: (value << 1) ^ (value >> 63))
    }

    @inline(__always)
    static func unzigzag(_ code: UInt64) -> Int64 {
        Int64(bitPattern: (code >> 1) ^ (0 &- (code & 1)))
    }

    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    static func append(signed value: Int64, to bytes: inout [UInt8]) {
        append(zigzag(value), to: &bytes)
    }

    static func append(raw value: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

/// Reads bytes from left to right, and nothing beyond their end.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    /// - Parameter bytes: Must outlive the reader.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// - Parameter bytes: With a checksum of all before it in the last four, which are not read.
    init(checked bytes: UnsafeRawBufferPointer) throws(Damage) {
        guard bytes.count > 5 else { throw Damage("a payload of \(bytes.count) bytes") }
        self.bytes = UnsafeRawBufferPointer(rebasing: bytes.dropLast(4))
        let stored = bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self)
        guard UInt32(littleEndian: stored) == Checksum.folded(self.bytes) else {
            throw Damage("a wrong checksum")
        }
    }

    var remainingCount: Int { bytes.count - position }

    mutating func byte() throws(Damage) -> UInt8 {
        guard position < bytes.count else { throw Damage("ends early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func varint() throws(Damage) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 63 || (shift == 63 && next <= 1) else {
                throw Damage("number of more than 64 bits")
            }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    mutating func signed() throws(Damage) -> Int64 {
        Varint.unzigzag(try varint())
    }

    /// A number that counts things, refused above a limit before anything is allocated for it.
    mutating func count(limit: Int) throws(Damage) -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else { throw Damage("count \(value) over \(limit)") }
        return Int(value)
    }

    mutating func raw() throws(Damage) -> UInt64 {
        UInt64(littleEndian: try slice(8).loadUnaligned(as: UInt64.self))
    }

    mutating func slice(_ count: Int) throws(Damage) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remainingCount else { throw Damage("ends early") }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }

    mutating func rest() -> UnsafeRawBufferPointer {
        defer { position = bytes.count }
        return UnsafeRawBufferPointer(rebasing: bytes[position...])
    }
}
