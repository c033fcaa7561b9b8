/// PromQL over the signal series.
enum SignalQueries {
    /// Quoted as PromQL writes a string.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// Matches exactly these services; nothing where all are meant.
    static func matcher(_ services: [String]?) -> String {
        guard let services else { return "" }
        if services.count == 1 { return "service=\(quoted(services[0]))" }
        let special: Set<Character> = [
            "\\", ".", "+", "*", "?", "(", ")", "|", "[", "]", "{", "}", "^", "$",
        ]
        let pattern = services.map { name in
            name.reduce(into: "") { result, character in
                if special.contains(character) { result.append("\\") }
                result.append(character)
            }
        }.joined(separator: "|")
        return "service=~\(quoted(pattern))"
    }

    static func rate(
        _ metric: String, by labels: String, _ matcher: String, seconds: Int
    ) -> String {
        "sum by (\(labels)) (rate(\(metric){\(matcher)}[\(seconds)s]))"
    }

    static func gauge(
        _ aggregation: String, _ metric: String, by labels: String, _ matcher: String
    ) -> String {
        "\(aggregation) by (\(labels)) (\(metric){\(matcher)})"
    }
}
