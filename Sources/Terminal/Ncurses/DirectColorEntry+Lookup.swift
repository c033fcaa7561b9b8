import Glibc

extension DirectColorEntry {
    /// The description of a terminal that says it draws 24-bit colours; nil where it does not, or
    /// where its description cannot be found.
    init?(for term: String, environment: [String: String]) {
        guard ["truecolor", "24bit"].contains(environment["COLORTERM"]?.lowercased() ?? ""),
            (environment["NO_COLOR"] ?? "").isEmpty,
            let first = term.utf8.first, !term.contains("/"),
            // Those that are known not to, whatever is left in the environment.
            !["dumb", "linux"].contains(term), !term.hasPrefix("vt")
        else { return nil }
        let own = environment["HOME"].map { [$0 + "/.terminfo"] } ?? []
        let listed = environment["TERMINFO_DIRS"]?.split(separator: ":").map(String.init) ?? []
        let folders =
            [environment["TERMINFO"]].compactMap { $0 } + own + listed
            + ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo"]
        let letter = String(decoding: [first], as: UTF8.self)
        let code = String(first, radix: 16)
        for folder in folders {
            for part in [letter, code] {
                guard let bytes = Self.bytes(at: "\(folder)/\(part)/\(term)") else { continue }
                self.init(compiled: bytes)
                return
            }
        }
        return nil
    }

    /// A description is at most 32 KiB.
    private static func bytes(at path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 1 << 15)
        let count = read(file, &buffer, buffer.count)
        return count > 0 ? Array(buffer[..<count]) : nil
    }
}
