import TimeSeries

/// Cells of RFC 4180 that no spreadsheet takes for a formula.
enum CSVCell {
    /// Quoted where RFC 4180 asks for it, guarded against formulas, without control characters.
    static func encode(_ text: String) -> String {
        let guarded = guarded(text)
        let needsQuotes = guarded.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
        guard needsQuotes else { return guarded }
        return "\"" + guarded.replacing("\"", with: "\"\"") + "\""
    }

    /// A cell that begins with `= + - @` (or would after a tab or return) gets an apostrophe.
    static func guarded(_ text: String) -> String {
        let clean = withoutControls(text)
        let first = clean.unicodeScalars.first { $0 != " " }
        guard let first, "=+-@".unicodeScalars.contains(first) else { return clean }
        return "'" + clean
    }

    /// Control characters, and those that turn the direction of writing, as spaces, for cells and
    /// lines of a terminal.
    static func withoutControls(_ text: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { clean.append(scalar.isUnfitToShow ? " " : scalar) }
        return String(clean)
    }
}
