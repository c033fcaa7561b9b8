#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Finds the files of a pattern, relative to the folder of the file that names it.
enum FileGlob {
    /// Of one pattern; more are a mistake in the pattern.
    static let maximumCount = 1000

    /// The folder part of a path, with its slash; "" for a bare name.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return String(path[...slash])
    }

    /// A path of a file as the program opens it.
    static func resolving(_ path: String, from folder: String) -> String {
        path.hasPrefix("/") ? path : folder + path
    }

    /// The files that match, in the order of their names; folders are left out.
    ///
    /// - Parameter pattern: With `*`, `?` and `[…]` as the shell has them.
    static func files(matching pattern: String, from folder: String) -> [String] {
        let special: Set<Character> = ["*", "?", "[", "]", "\\"]
        // The folder is a name, not a pattern.
        let prefix = folder.reduce(into: "") { text, character in
            text += special.contains(character) ? "\\\(character)" : String(character)
        }
        var found = glob_t()
        defer { globfree(&found) }
        let full = pattern.hasPrefix("/") ? pattern : prefix + pattern
        guard glob(full, GLOB_MARK, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in
            found.gl_pathv?[index].map { String(cString: $0) }
        }
        .filter { !$0.hasSuffix("/") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Whether a name fits a pattern without folders.
    static func matches(_ name: String, _ pattern: String) -> Bool {
        fnmatch(pattern, name, FNM_PATHNAME) == 0
    }
}
