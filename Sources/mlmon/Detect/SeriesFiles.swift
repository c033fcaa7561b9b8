import Foundation

/// The series a command names, and where each belongs below an output folder.
struct SeriesFiles {
    struct Entry: Equatable {
        var path: String
        /// Without leading slash or `..`.
        var relativePath: String
    }

    let entries: [Entry]

    /// - Parameter arguments: Files, folders (for all `.csv` files in them), or `-`.
    init(_ arguments: [String]) throws {
        var entries: [Entry] = []
        var absolute: [String] = []
        for argument in arguments {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder)
            if isFolder.boolValue {
                entries += Self.files(in: argument)
            } else if argument == "-" {
                entries.append(Entry(path: "-", relativePath: "standard-input.csv"))
            } else if argument.hasPrefix("/") || argument.split(separator: "/").contains("..") {
                absolute.append(argument)
            } else {
                let parts = argument.split(separator: "/").filter { $0 != "." }
                entries.append(Entry(path: argument, relativePath: parts.joined(separator: "/")))
            }
        }
        entries += Self.below(commonFolderOf: absolute)
        var seen: [String: String] = [:]
        for entry in entries {
            if let other = seen.updateValue(entry.path, forKey: entry.relativePath),
                other != entry.path
            {
                throw CommandFailure(
                    "'\(other)' and '\(entry.path)' would both be '\(entry.relativePath)'")
            }
        }
        guard !entries.isEmpty else { throw CommandFailure("there are no .csv files to read") }
        self.entries = entries
    }

    private static func files(in folder: String) -> [Entry] {
        guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
        return walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".csv") }.sorted()
            .map { Entry(path: "\(folder)/\($0)", relativePath: $0) }
    }

    private static func below(commonFolderOf paths: [String]) -> [Entry] {
        let parts = paths.map {
            URL(fileURLWithPath: $0).standardizedFileURL.path.split(separator: "/").map(String.init)
        }
        guard var common = parts.first.map({ Array($0.dropLast()) }) else { return [] }
        for part in parts {
            let folder = part.dropLast()
            common = Array(zip(common, folder).prefix { $0 == $1 }.map(\.0))
        }
        return zip(paths, parts).map {
            Entry(path: $0, relativePath: $1.dropFirst(common.count).joined(separator: "/"))
        }
    }
}
