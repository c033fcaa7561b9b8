/// The known word that a misspelt one most likely stands for.
///
/// - Returns: `; did you mean 'retention'?`, or what is known where nothing is close:
///   `; expected 'path', 'retention' or 'max_size'`.
func suggestion(for word: String, among known: [String]) -> String {
    // A third of the word may be wrong, one letter at least.
    let bound = max(1, word.count / 3)
    let close = known.map { (word: $0, distance: editDistance(word.lowercased(), $0.lowercased())) }
        .filter { $0.distance <= bound }
        .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
    if let close { return "; did you mean '\(close.word)'?" }
    return known.isEmpty ? "" : "; expected \(alternatives(known))"
}

/// `'a', 'b' or 'c'`; a long list is cut.
func alternatives(_ words: [String]) -> String {
    let quoted = words.prefix(16).map { shown($0) }
    if words.count > quoted.count { return quoted.joined(separator: ", ") + ", …" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.joined() }
    return quoted.dropLast().joined(separator: ", ") + " or " + last
}

/// The fewest insertions, deletions, replacements and swaps of neighbours that turn one word into
/// the other, no letter touched twice.
///
/// Source: F. Damerau, *A technique for computer detection and correction of spelling errors*,
/// CACM 7(3), 1964 (the restricted distance).
///
/// - Complexity: O(|a| · |b|); words are cut at 64 letters.
func editDistance(_ a: String, _ b: String) -> Int {
    let a = Array(a.prefix(64))
    let b = Array(b.prefix(64))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var best = min(last[j + 1], row[j]) + 1
            best = min(best, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                best = min(best, beforeLast[j - 1] + 1)
            }
            row.append(best)
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}
