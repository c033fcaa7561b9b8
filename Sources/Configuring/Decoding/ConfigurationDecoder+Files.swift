import Alerting
import Dashboards
import Scraping
import Yams

/// The files that the configuration names: rules, presets, secrets.
extension ConfigurationDecoder {
    private static let secretByteCount = 64 << 10

    /// The rules of the files that `rules` names, or the shipped ones where it is left out.
    func ruleGroups(_ fields: Fields) -> [RuleGroup] {
        guard fields["rules"] != nil else {
            return ShippedFiles.alertFiles.flatMap {
                RuleFileDecoder.groups($0.bytes, file: $0.name, log: log)
            }
        }
        let files = files(fields, "rules", orShipped: ShippedFiles.alertFiles(matching:))
        return files.flatMap { RuleFileDecoder.groups($0.bytes, file: $0.name, log: log) }
    }

    /// The pages of the files that `dashboards` names, or the shipped ones where it is left out.
    func dashboards(_ fields: Fields) -> [DashboardDefinition] {
        let files =
            fields["dashboards"] == nil
            ? ShippedFiles.dashboardFiles
            : files(fields, "dashboards", orShipped: ShippedFiles.dashboardFiles(matching:))
        var pages: [DashboardDefinition] = []
        for file in files {
            for page in DashboardFileDecoder.pages(file.bytes, file: file.name, log: log) {
                // The command line finds a page by its title.
                if pages.contains(where: { $0.title == page.title }) {
                    log.report(
                        "a page \(shown(page.title)) is given twice", in: file.name, at: nil)
                }
                pages.append(page)
            }
        }
        return pages
    }

    /// The shipped presets and the user's; of two with one name the user's counts.
    func presets(_ fields: Fields) -> [Preset] {
        var presets = ShippedFiles.presets(log: log)
        var own: [String: String] = [:]
        for file in files(fields, "presets", orShipped: { _ in [] }) {
            guard let preset = PresetFileDecoder.preset(file.bytes, file: file.name, log: log)
            else { continue }
            if let other = own.updateValue(file.name, forKey: preset.name) {
                log.report(
                    "preset \(shown(preset.name)) is also in \(other)", in: file.name, at: nil)
            }
            presets.removeAll { $0.name == preset.name }
            presets.append(preset)
        }
        return presets
    }

    /// The files of a list of patterns, each once. A pattern that matches nothing is looked up
    /// among the shipped files, so that `alerts/*.yaml` holds beside an installed program too.
    private func files(
        _ fields: Fields, _ key: String, orShipped shipped: (String) -> [ShippedFiles.File]
    ) -> [ShippedFiles.File] {
        var files: [ShippedFiles.File] = []
        var names: Set<String> = []
        for (pattern, position) in fields.strings(key) ?? [] {
            let paths = FileGlob.files(matching: pattern, from: folder)
            let found = paths.isEmpty ? shipped(pattern) : []
            if paths.isEmpty, found.isEmpty {
                context.report(
                    "\(key): no file matches \(shown(pattern))\(searched(pattern))", at: position)
            }
            if paths.count > FileGlob.maximumCount {
                context.report(
                    "\(key): \(shown(pattern)) matches more than \(FileGlob.maximumCount) files",
                    at: position)
                continue
            }
            for file in found where names.insert(file.name).inserted { files.append(file) }
            for path in paths where names.insert(path).inserted {
                if let bytes = bytes(at: path) {
                    files.append(ShippedFiles.File(name: path, bytes: bytes))
                }
            }
        }
        return files
    }

    private func searched(_ pattern: String) -> String {
        pattern.hasPrefix("/") ? "" : "; paths are relative to the configuration file"
    }

    private func bytes(at path: String) -> [UInt8]? {
        do {
            return try FileText.bytes(
                at: path, maximumByteCount: YAMLDocument.maximumByteCount)
        } catch {
            log.report("cannot read the file: \(error.message)", in: path, at: nil)
            return nil
        }
    }

    /// The secret in a file: its text without the line break at the end.
    func secret(_ fields: Fields, _ key: String) -> String? {
        guard let field = fields[key], let path = fields.string(key) else { return nil }
        let bytes: [UInt8]
        do {
            bytes = try FileText.bytes(
                at: resolved(path), maximumByteCount: Self.secretByteCount)
        } catch {
            fields.report("\(key): cannot read \(shown(path)): \(error.message)", at: field)
            return nil
        }
        var text = String(validating: bytes, as: UTF8.self)
        while let last = text?.unicodeScalars.last, last == "\n" || last == "\r" {
            text?.unicodeScalars.removeLast()
        }
        guard let text, !text.isEmpty,
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            fields.report("\(key): \(shown(path)) does not hold one line of text", at: field)
            return nil
        }
        return text
    }

    /// Checks that a file can be read, and gives its path as the program opens it.
    func readablePath(_ fields: Fields, _ key: String) -> String? {
        guard let field = fields[key], let path = fields.string(key) else { return nil }
        do {
            _ = try FileText.bytes(at: resolved(path), maximumByteCount: 16 << 20)
        } catch {
            fields.report("\(key): cannot read \(shown(path)): \(error.message)", at: field)
        }
        return resolved(path)
    }
}
