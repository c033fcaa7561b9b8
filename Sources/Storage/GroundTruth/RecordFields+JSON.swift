import Foundation

extension RecordFields {
    /// Of one JSON object; what is neither text, number nor Boolean is left aside.
    package init(json: some Sequence<UInt8>) throws(Mistake) {
        let values: [String: JSONField]
        do {
            values = try JSONDecoder().decode([String: JSONField].self, from: Data(json))
        } catch {
            throw Mistake(description: "this is no JSON object, expected one on a line")
        }
        self.init(values.compactMapValues(\.value))
    }

    /// Of a JSON array of objects, or of an object on each line.
    ///
    /// - Returns: In their order, with the number of the line or of the element, from 1.
    package static func list(
        json bytes: [UInt8]
    ) throws(Mistake) -> [(number: Int, fields: RecordFields)] {
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        if first == UInt8(ascii: "[") {
            do {
                return try JSONDecoder().decode([[String: JSONField]].self, from: Data(bytes))
                    .enumerated().map {
                        ($0.offset + 1, RecordFields($0.element.compactMapValues(\.value)))
                    }
            } catch {
                throw Mistake(description: "this is no JSON array of objects")
            }
        }
        var list: [(number: Int, fields: RecordFields)] = []
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated()
        where line.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) {
            do throws(Mistake) {
                list.append((index + 1, try RecordFields(json: line)))
            } catch {
                throw Mistake(description: "record \(index + 1): \(error.description)")
            }
        }
        return list
    }
}

/// A member of an object.
private struct JSONField: Decodable {
    let value: RecordFields.Value?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            value = .text(text)
        } else if let flag = try? container.decode(Bool.self) {
            value = .text(flag ? "true" : "false")
        } else if let number = try? container.decode(Int64.self) {
            value = .text("\(number)")
        } else if let number = try? container.decode(Double.self) {
            value = .number(number)
        } else {
            value = nil
        }
    }
}
