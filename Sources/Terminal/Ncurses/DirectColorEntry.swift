/// A terminal's description with 24-bit colours in it, which ncurses reads from memory.
///
/// Terminals that draw 24-bit colours say so in `COLORTERM`, and hardly a machine has a description
/// that does. So the description of `TERM` is taken as it is, and in it `colors`, `pairs`, `setaf`,
/// `setab` and `RGB` are replaced. The first 16 colours stay those of the palette.
///
/// Source: term(5), storage format with 32-bit numbers and user-defined capabilities.
struct DirectColorEntry {
    private static let colorCount: Int32 = 1 << 24
    private static let pairCount: Int32 = 1 << 16
    /// Places of capabilities in the compiled form.
    private static let maxColors = 13, maxPairs = 14, setForeground = 359, setBackground = 360

    private var names: [UInt8]
    private var booleans: [UInt8]
    private var numbers: [Int32]
    private var strings: [[UInt8]?]
    private var ownBooleans: [(name: [UInt8], value: UInt8)] = []
    private var ownNumbers: [(name: [UInt8], value: Int32)] = []
    private var ownStrings: [(name: [UInt8], value: [UInt8]?)] = []

    /// - Parameter compiled: As tic(1) writes it.
    /// - Returns: nil where that is not a whole description.
    init?(compiled: [UInt8]) {
        var reader = Reader(bytes: compiled)
        guard let magic = reader.short(), magic == 0x11A || magic == 0x21E,
            let counts = reader.shorts(5), counts.allSatisfy({ $0 >= 0 && $0 < 4096 * 4 }),
            let names = reader.bytes(counts[0]), let booleans = reader.bytes(counts[1])
        else { return nil }
        let isWide = magic == 0x21E
        reader.align()
        guard let numbers = reader.numbers(counts[2], isWide: isWide),
            let offsets = reader.shorts(counts[3]), let table = reader.bytes(counts[4])
        else { return nil }
        self.names = names
        self.booleans = booleans
        self.numbers = numbers
        strings = offsets.map { Self.text(table, at: $0) }
        readOwn(&reader, isWide: isWide)
        while self.numbers.count <= Self.maxPairs { self.numbers.append(-1) }
        while strings.count <= Self.setBackground { strings.append(nil) }
        self.numbers[Self.maxColors] = Self.colorCount
        self.numbers[Self.maxPairs] = Self.pairCount
        strings[Self.setForeground] = Self.sequence(palette: 3, bright: 9, direct: 38)
        strings[Self.setBackground] = Self.sequence(palette: 4, bright: 10, direct: 48)
        ownBooleans.removeAll { $0.name == Array("RGB".utf8) }
        ownNumbers.removeAll { $0.name == Array("RGB".utf8) }
        ownStrings.removeAll { $0.name == Array("RGB".utf8) }
        ownBooleans.append((name: Array("RGB".utf8), value: 1))
    }

    /// Capabilities that the description has beyond the usual ones; where they cannot be read they
    /// are left out.
    private mutating func readOwn(_ reader: inout Reader, isWide: Bool) {
        reader.align()
        guard let counts = reader.shorts(5), counts.allSatisfy({ $0 >= 0 && $0 < 4096 * 4 }),
            let booleans = reader.bytes(counts[0])
        else { return }
        reader.align()
        let nameCount = counts[0] + counts[1] + counts[2]
        guard let numbers = reader.numbers(counts[1], isWide: isWide),
            let values = reader.shorts(counts[2]), let nameOffsets = reader.shorts(nameCount),
            let table = reader.bytes(counts[4])
        else { return }
        // Names follow the values in the table, and count from there.
        let texts = values.map { Self.text(table, at: $0) }
        let valueByteCount = zip(values, texts).reduce(0) { end, item in
            max(end, item.1.map { item.0 + $0.count + 1 } ?? 0)
        }
        let found = nameOffsets.map { Self.text(table, at: $0 + valueByteCount) }
        guard found.allSatisfy({ $0?.isEmpty == false }) else { return }
        let known = found.compactMap { $0 }
        ownBooleans = zip(known, booleans).map { ($0, $1) }
        ownNumbers = zip(known.dropFirst(counts[0]), numbers).map { ($0, $1) }
        ownStrings = zip(known.dropFirst(counts[0] + counts[1]), texts).map { ($0, $1) }
    }

    /// Eight colours of the palette, their bright ones, and beyond them red, green and blue.
    private static func sequence(palette: Int, bright: Int, direct: Int) -> [UInt8] {
        let rgb = "%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d"
        return Array(
            ("\u{1B}[%?%p1%{8}%<%t\(palette)%p1%d%e%p1%{16}%<%t\(bright)%p1%{8}%-%d"
                + "%e\(direct);2;\(rgb)%;m").utf8)
    }

    private static func text(_ table: [UInt8], at offset: Int) -> [UInt8]? {
        guard offset >= 0, offset < table.count else { return nil }
        return Array(table[offset...].prefix { $0 != 0 })
    }

    /// For `TERMINFO`: ncurses takes a description in hex digits for a folder of them.
    var environmentValue: String {
        let digits = Array("0123456789ABCDEF".utf8)
        return "hex:"
            + String(
                decoding: compiled.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
                as: UTF8.self)
    }

    /// The description in the form with 32-bit numbers.
    var compiled: [UInt8] {
        var writer = Writer()
        let (offsets, table) = Writer.table(strings)
        writer.shorts([
            0x21E, names.count, booleans.count, numbers.count, strings.count, table.count,
        ])
        writer.bytes += names + booleans
        writer.align()
        for number in numbers { writer.long(number) }
        writer.shorts(offsets)
        writer.bytes += table
        writer.align()
        let (values, valueTable) = Writer.table(ownStrings.map(\.value))
        let ownNames = ownBooleans.map(\.name) + ownNumbers.map(\.name) + ownStrings.map(\.name)
        let (nameOffsets, nameTable) = Writer.table(ownNames)
        writer.shorts([
            ownBooleans.count, ownNumbers.count, ownStrings.count,
            ownStrings.count { $0.value != nil } + ownNames.count,
            valueTable.count + nameTable.count,
        ])
        writer.bytes += ownBooleans.map(\.value)
        writer.align()
        for number in ownNumbers { writer.long(number.value) }
        writer.shorts(values + nameOffsets)
        writer.bytes += valueTable + nameTable
        return writer.bytes
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        mutating func short() -> Int? {
            guard place + 2 <= bytes.count else { return nil }
            defer { place += 2 }
            return Int(Int16(bitPattern: UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8))
        }

        mutating func shorts(_ count: Int) -> [Int]? {
            var values: [Int] = []
            for _ in 0..<count {
                guard let value = short() else { return nil }
                values.append(value)
            }
            return values
        }

        mutating func numbers(_ count: Int, isWide: Bool) -> [Int32]? {
            guard isWide else { return shorts(count)?.map(Int32.init) }
            guard let halves = shorts(count * 2) else { return nil }
            return (0..<count).map {
                Int32(truncatingIfNeeded: halves[$0 * 2] & 0xFFFF | halves[$0 * 2 + 1] << 16)
            }
        }

        mutating func bytes(_ count: Int) -> [UInt8]? {
            guard count >= 0, place + count <= bytes.count else { return nil }
            defer { place += count }
            return Array(bytes[place..<place + count])
        }

        mutating func align() { place += place % 2 }
    }

    private struct Writer {
        var bytes: [UInt8] = []

        mutating func shorts(_ values: [Int]) {
            for value in values {
                let bits = UInt16(truncatingIfNeeded: value)
                bytes += [UInt8(bits & 0xFF), UInt8(bits >> 8)]
            }
        }

        mutating func long(_ value: Int32) {
            shorts([Int(value) & 0xFFFF, Int(value) >> 16 & 0xFFFF])
        }

        mutating func align() { if bytes.count % 2 != 0 { bytes.append(0) } }

        /// Texts one after the other, each ended by a zero; −1 for those that there are not.
        static func table(_ texts: [[UInt8]?]) -> (offsets: [Int], table: [UInt8]) {
            var table: [UInt8] = []
            let offsets = texts.map { text -> Int in
                guard let text else { return -1 }
                defer { table += text + [0] }
                return table.count
            }
            return (offsets, table)
        }
    }
}
