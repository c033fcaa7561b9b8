import Detection

extension ConfigurationDecoder {
    private static let scoreKeys = [
        "task", "positive_class", "scores", "threshold", "calibration",
    ]

    /// `detect.performance`.
    func performance(_ detect: Fields) -> PerformanceOptions {
        var options = PerformanceOptions()
        guard
            let fields = detect.fields(
                "performance",
                known: ["window", "minimum_samples", "services"] + Self.scoreKeys)
        else { return options }
        let range: ClosedRange<Duration> = .seconds(1) ... .seconds(30 * 86_400)
        options.window = fields.duration("window", in: range) ?? options.window
        options.minimumCount =
            fields.integer("minimum_samples", in: 2...1_000_000_000) ?? options.minimumCount
        options.defaults = scores(fields, defaults: options.defaults)
        for node in fields.list("services") ?? [] {
            guard
                let service = context.fields(
                    node, of: "a service of 'performance'", known: ["name"] + Self.scoreKeys),
                let name = service.requiredString("name")
            else { continue }
            if options.services[name] != nil {
                context.report(
                    "service \(shown(name)) is given twice", at: service["name"]?.valuePosition)
            }
            options.services[name] = scores(service, defaults: options.defaults)
        }
        return options
    }

    private func scores(
        _ fields: Fields, defaults: PerformanceOptions.Service
    ) -> PerformanceOptions.Service {
        var service = defaults
        service.task = choice(fields, "task") ?? service.task
        service.positiveClass = fields.string("positive_class") ?? service.positiveClass
        service.scores = choice(fields, "scores") ?? service.scores
        service.threshold = fields.number("threshold", in: 0...1) ?? service.threshold
        service.calibrationPath =
            fields.string("calibration").map(resolved) ?? service.calibrationPath
        return service
    }

    /// One of a few words.
    private func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ fields: Fields, _ key: String
    ) -> Choice? {
        guard let text = fields.string(key), let field = fields[key] else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        fields.report(
            "\(key) is \(context.shownValue(field.node)), expected one of "
                + Choice.allCases.map(\.rawValue).joined(separator: ", "), at: field)
        return nil
    }
}
