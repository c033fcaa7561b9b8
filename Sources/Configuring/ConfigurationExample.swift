/// A service that answered while localhost was searched.
package struct FoundService: Sendable, Equatable {
    package var name: String
    /// Of the metrics page.
    package var url: String
    /// nil where nothing but the generic guess fits.
    package var preset: String?

    package init(name: String, url: String, preset: String? = nil) {
        self.name = name
        self.url = url
        self.preset = preset
    }
}

extension MonitorConfiguration {
    /// The smallest file that watches these services, ready to be saved as `mlmon.yaml`.
    ///
    /// - Returns: YAML that `load(path:environment:)` accepts. Services of one name get a number.
    package static func renderExample(for services: [FoundService]) -> String {
        var text = """
            # mlmon watches these services; `mlmon check` finds mistakes in this file.
            store: {path: mlmon.db}
            scrape: {interval: 15s}

            """
        guard !services.isEmpty else {
            return text + """
                services:
                  - name: my-model
                    url: http://127.0.0.1:8000/metrics

                """
        }
        text += "services:\n"
        var taken: Set<String> = []
        for service in services {
            var name = service.name
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(service.name)-\(number)"
                number += 1
            }
            text += "  - name: \(yamlQuoted(name))\n    url: \(yamlQuoted(service.url))\n"
            if let preset = service.preset { text += "    preset: \(yamlQuoted(preset))\n" }
        }
        return text
    }

    /// A YAML scalar: plain where nothing in it could be misread, else in double quotes. Dollars
    /// are doubled, so that none of them begins a variable.
    private static func yamlQuoted(_ text: String) -> String {
        let marks = "-._/:".unicodeScalars
        let isPlain =
            text.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                        || marks.contains($0))
            } && text.first?.isLetter == true && !text.hasSuffix(":")
            && !["null", "Null", "NULL"].contains(text)
        if isPlain { return text }
        var quoted = ""
        for scalar in text.unicodeScalars
        where scalar.properties.generalCategory != .control {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "$": quoted += "$$"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return "\"\(quoted)\""
    }
}
