/// Text from outside made fit for a terminal, and measured in cells.
package enum DisplayText {
    /// Cells a scalar takes: 0 for marks and controls, 2 for wide East Asian ones and emoji, else 1.
    ///
    /// A table of our own, so that the same text has the same layout in every locale. After
    /// Unicode 15's EastAsianWidth.txt, W and F; ranges of no interest here are merged.
    package static func width(of scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x20 || (0x7F..<0xA0).contains(value) { return 0 }
        if value < 0x300 { return value == 0xAD ? 0 : 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control, .surrogate, .lineSeparator,
            .paragraphSeparator:
            return 0
        default: break
        }
        if value < 0x1100 { return 1 }
        return isWide(value) ? 2 : 1
    }

    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0,
        0x23F3...0x23F3, 0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x267F...0x267F,
        0x2693...0x2693, 0x26A1...0x26A1, 0x26AA...0x26AB, 0x26BD...0x26BE, 0x26C4...0x26C5,
        0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA, 0x26F2...0x26F3, 0x26F5...0x26F5,
        0x26FA...0x26FA, 0x26FD...0x26FD, 0x2705...0x2705, 0x270A...0x270B, 0x2728...0x2728,
        0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797,
        0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2B55...0x2B55,
        0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,
        0x1F004...0x1F004, 0x1F0CF...0x1F0CF, 0x1F18E...0x1F18E, 0x1F191...0x1F19A,
        0x1F200...0x1F265, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F7E0...0x1F7F0,
        0x1F90C...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD,
    ]

    private static func isWide(_ value: UInt32) -> Bool {
        var low = 0
        var high = wideRanges.count
        while low < high {
            let middle = (low + high) / 2
            if wideRanges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < wideRanges.count && wideRanges[low].contains(value)
    }

    /// The scalars that may be shown, in order.
    ///
    /// Line breaks and tabs become spaces. Other controls, bidirectional and other format
    /// characters, unassigned and private scalars are left out: none of them may steer the
    /// terminal or make one name look like another. Combining marks are left out, a cell holds
    /// one scalar.
    package static func printable(_ text: String) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if scalar.value >= 0x20 && scalar.value < 0x7F {
                scalars.append(scalar)
            } else if scalar == "\n" || scalar == "\t" || scalar == "\r" {
                scalars.append(" ")
            } else if width(of: scalar) > 0 {
                switch scalar.properties.generalCategory {
                case .unassigned, .privateUse: scalars.append("\u{FFFD}")
                default: scalars.append(scalar)
                }
            }
        }
        return scalars
    }

    /// The text as it may be shown.
    package static func cleaned(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        result.append(contentsOf: printable(text))
        return String(result)
    }

    /// Cells the text takes once cleaned.
    package static func width(of text: String) -> Int {
        printable(text).reduce(0) { $0 + width(of: $1) }
    }

    /// Cleaned, and cut to `limit` cells with a final `…` where it is longer.
    package static func truncated(_ text: String, to limit: Int) -> [Unicode.Scalar] {
        let scalars = printable(text)
        guard limit > 0 else { return [] }
        var total = 0
        var kept = 0
        for (index, scalar) in scalars.enumerated() {
            let cells = width(of: scalar)
            if total + cells > limit {
                while kept > 0, total + 1 > limit {
                    kept -= 1
                    total -= width(of: scalars[kept])
                }
                return Array(scalars[..<kept]) + ["…"]
            }
            total += cells
            kept = index + 1
        }
        return scalars
    }
}

extension DisplayText {
    /// Lines of at most `limit` cells, broken at spaces; a longer word is broken where it must.
    /// Line breaks stay.
    package static func wrapped(_ text: String, to limit: Int) -> [String] {
        guard limit > 0 else { return [] }
        return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
            var lines = [""]
            for word in paragraph.split(separator: " ") {
                var rest = cleaned(String(word))
                let last = lines[lines.count - 1]
                let longer = last.isEmpty ? rest : last + " " + rest
                if width(of: longer) <= limit {
                    lines[lines.count - 1] = longer
                    continue
                }
                if !last.isEmpty { lines.append("") }
                while width(of: rest) > limit {
                    var taken = String.UnicodeScalarView()
                    var cells = 0
                    for scalar in rest.unicodeScalars {
                        cells += width(of: scalar)
                        if cells > limit, !taken.isEmpty { break }
                        taken.append(scalar)
                    }
                    lines[lines.count - 1] = String(taken)
                    lines.append("")
                    rest = String(rest.unicodeScalars.dropFirst(taken.count))
                }
                if rest.isEmpty, lines.count > 1 {
                    lines.removeLast()
                } else {
                    lines[lines.count - 1] = rest
                }
            }
            return lines
        }
    }
}
