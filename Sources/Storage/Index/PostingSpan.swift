import Foundation

/// Which series of one span of 8192 identifiers carry a label, as runs: gap, length, gap, length…
///
/// Series of one page are numbered in a row, so that a label common to all of them costs two or
/// three bytes in all.
enum PostingSpan {
    static let width: UInt32 = 8192

    static func span(of series: UInt32) -> UInt32 { series / width }

    /// - Parameter members: Ascending, without duplicates, all of the span.
    static func encode(_ members: [UInt32], span: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        var end = span * width
        var index = 0
        while index < members.count {
            let first = members[index]
            var length: UInt32 = 1
            index += 1
            while index < members.count, members[index] == first + length {
                length += 1
                index += 1
            }
            Varint.append(UInt64(first - end), to: &bytes)
            Varint.append(UInt64(length), to: &bytes)
            end = first + length
        }
        return bytes
    }

    /// How many members there are.
    static func count(_ bytes: UnsafeRawBufferPointer) throws(Damage) -> Int {
        var reader = ByteReader(bytes)
        var count = 0
        while reader.remainingCount > 0 {
            _ = try reader.count(limit: Int(width))
            count += try reader.count(limit: Int(width))
        }
        return count
    }

    /// Appends the members in ascending order.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, span: UInt32, into members: inout [UInt32]
    ) throws(Damage) {
        var reader = ByteReader(bytes)
        var end = Int(span) * Int(width)
        let limit = end + Int(width)
        while reader.remainingCount > 0 {
            let first = end + (try reader.count(limit: Int(width)))
            end = first + (try reader.count(limit: Int(width)))
            guard end <= limit, limit <= Int(UInt32.max) else {
                throw Damage("posting outside its span")
            }
            members.append(contentsOf: UInt32(first)..<UInt32(end))
        }
    }
}
