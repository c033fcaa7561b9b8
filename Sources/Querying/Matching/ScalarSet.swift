/// A set of Unicode scalars, as ascending ranges that do not touch.
struct ScalarSet: Hashable {
    private(set) var ranges: [ClosedRange<UInt32>]

    static let maximum: UInt32 = 0x10_FFFF
    static let all = ScalarSet([0...maximum])
    static let allButNewline = ScalarSet([10...10]).inverted
    static let digits = ScalarSet([48...57])
    static let word = ScalarSet([48...57, 65...90, 95...95, 97...122])
    static let space = ScalarSet([9...10, 12...13, 32...32])

    init(_ unordered: [ClosedRange<UInt32>]) {
        ranges = []
        for range in unordered.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = ranges.last, range.lowerBound <= last.upperBound &+ 1 {
                let upper = max(last.upperBound, range.upperBound)
                ranges[ranges.count - 1] = last.lowerBound...upper
            } else {
                ranges.append(range)
            }
        }
    }

    init(_ scalar: UInt32) {
        ranges = [scalar...scalar]
    }

    /// The scalar, where the set holds exactly one.
    var only: UInt32? {
        guard ranges.count == 1, let range = ranges.first, range.count == 1 else { return nil }
        return range.lowerBound
    }

    var inverted: ScalarSet {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= Self.maximum { result.append(next...Self.maximum) }
        return ScalarSet(result)
    }

    func union(_ other: ScalarSet) -> ScalarSet {
        ScalarSet(ranges + other.ranges)
    }

    func contains(_ scalar: UInt32) -> Bool {
        let index = ranges.partitioningIndex { $0.upperBound >= scalar }
        return index < ranges.count && ranges[index].lowerBound <= scalar
    }

    /// With the other case of every letter. Ranges beyond ASCII that span more than 1,024
    /// scalars are taken to hold both cases already, as alphabets do.
    var foldingCase: ScalarSet {
        var result = ranges
        for range in ranges {
            let ascii = range.clamped(to: 0...127)
            let isWide = range.count > 1024
            for value in isWide ? ascii : range {
                guard let scalar = Unicode.Scalar(value) else { continue }
                for mapped in [
                    scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping,
                ] where mapped.unicodeScalars.count == 1 {
                    for other in mapped.unicodeScalars where other != scalar {
                        result.append(other.value...other.value)
                    }
                }
            }
        }
        return ScalarSet(result)
    }
}

extension ScalarSet {
    /// `[:alpha:]` and its relatives; ASCII only, as in RE2.
    static func posix(_ name: String) -> ScalarSet? {
        switch name {
        case "alnum": ScalarSet([48...57, 65...90, 97...122])
        case "alpha": ScalarSet([65...90, 97...122])
        case "ascii": ScalarSet([0...127])
        case "blank": ScalarSet([9...9, 32...32])
        case "cntrl": ScalarSet([0...31, 127...127])
        case "digit": digits
        case "graph": ScalarSet([33...126])
        case "lower": ScalarSet([97...122])
        case "print": ScalarSet([32...126])
        case "punct": ScalarSet([33...47, 58...64, 91...96, 123...126])
        case "space": ScalarSet([9...13, 32...32])
        case "upper": ScalarSet([65...90])
        case "word": word
        case "xdigit": ScalarSet([48...57, 65...70, 97...102])
        default: nil
        }
    }

    /// Unicode's general categories by their short names: `L`, `Lu`, `Nd`…
    static func category(_ name: String) -> ScalarSet? {
        if name == "Any" { return all }
        guard !name.isEmpty else { return nil }
        let members = rangesByCategory.filter { $0.key.hasPrefix(name) }
        return members.isEmpty ? nil : ScalarSet(members.flatMap(\.value))
    }

    /// Read once from the standard library's tables, up to the last assigned scalar.
    private static let rangesByCategory: [String: [ClosedRange<UInt32>]] = {
        var result: [String: [ClosedRange<UInt32>]] = [:]
        var current: (category: Unicode.GeneralCategory, start: UInt32)?
        for value in UInt32(0)...0xE_0200 where !(0x3_4000..<0xE_0000).contains(value) {
            let category = Unicode.Scalar(value)?.properties.generalCategory ?? .surrogate
            if let run = current, run.category != category || value == 0xE_0000 {
                let end = value == 0xE_0000 ? 0x3_3FFF : value - 1
                if let name = categories[run.category] {
                    result[name, default: []].append(run.start...end)
                }
                current = nil
            }
            if current == nil { current = (category, value) }
        }
        // What follows is for private use.
        result["Co", default: []] += [0xF_0000...0xF_FFFD, 0x10_0000...0x10_FFFD]
        return result
    }()

    private static let categories: [Unicode.GeneralCategory: String] = [
        .uppercaseLetter: "Lu", .lowercaseLetter: "Ll", .titlecaseLetter: "Lt",
        .modifierLetter: "Lm", .otherLetter: "Lo", .nonspacingMark: "Mn", .spacingMark: "Mc",
        .enclosingMark: "Me", .decimalNumber: "Nd", .letterNumber: "Nl", .otherNumber: "No",
        .connectorPunctuation: "Pc", .dashPunctuation: "Pd", .openPunctuation: "Ps",
        .closePunctuation: "Pe", .initialPunctuation: "Pi", .finalPunctuation: "Pf",
        .otherPunctuation: "Po", .mathSymbol: "Sm", .currencySymbol: "Sc", .modifierSymbol: "Sk",
        .otherSymbol: "So", .spaceSeparator: "Zs", .lineSeparator: "Zl",
        .paragraphSeparator: "Zp", .control: "Cc", .format: "Cf", .privateUse: "Co",
        .surrogate: "Cs",
    ]
}
