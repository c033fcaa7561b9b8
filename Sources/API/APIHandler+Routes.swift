import Querying
import Storage
import TimeSeries

extension APIHandler {
    struct Answer {
        var bytes: [UInt8]
        var contentType = "application/json"
    }

    private static let prefix = "/api/v1/"

    /// For the program's own metrics: of a bounded number of names.
    static func handlerName(_ path: String) -> String {
        guard path.hasPrefix(prefix) else { return path == "/metrics" ? path : "other" }
        let name = String(path.dropFirst(prefix.count))
        if name.hasPrefix("label/") { return prefix + "label/:name/values" }
        let known = [
            "query", "query_range", "series", "labels", "metadata", "targets", "rules", "alerts",
            "status/buildinfo", "format_query", "parse_query", "query_exemplars", "predictions",
        ]
        return known.contains(name) ? prefix + name : "other"
    }

    func answer(to request: APIRequest) throws -> Answer {
        if request.path == "/metrics" { return try ownMetrics(accept: request.accept) }
        guard request.path.hasPrefix(Self.prefix) else { throw Self.notFound(request.path) }
        let name = String(request.path.dropFirst(Self.prefix.count))
        switch name {
        case "query": return try instant(request)
        case "query_range": return try range(request)
        case "series": return try series(request)
        case "labels" where request.records != nil: return try takeLabels(request)
        case "labels": return try labels(request)
        case "metadata": return try metadata(request)
        case "targets": return try targets(request)
        case "rules": return try rules(request)
        case "alerts": return try alerts()
        case "status/buildinfo": return buildInfo()
        case "format_query":
            let text = try request.expression().description
            return success { $0.string(text) }
        case "parse_query":
            let tree = try request.expression().tree
            return success { $0.tree(tree) }
        // Clients ask for exemplars unbidden; none are kept.
        case "query_exemplars":
            _ = try request.expression()
            return success { $0.array { _ in } }
        case "predictions": return try takePredictions(request)
        default:
            guard name.hasPrefix("label/"), name.hasSuffix("/values") else {
                throw Self.notFound(request.path)
            }
            return try values(of: String(name.dropFirst(6).dropLast(7)), request)
        }
    }

    private static func notFound(_ path: String) -> APIFailure {
        APIFailure(status: 404, "not_found", "no such address: \(path.prefix(200))")
    }

    /// The success object, with what is under `data`.
    func success(
        warning: String? = nil, notes: QueryNotes? = nil,
        _ data: (inout JSONText) throws -> Void
    ) rethrows -> Answer {
        var json = JSONText()
        try json.object {
            $0.member("status", "success")
            $0.key("data")
            try data(&$0)
            let warnings = (notes?.warnings ?? []) + (warning.map { [$0] } ?? [])
            for (key, texts) in [("warnings", warnings), ("infos", notes?.infos ?? [])]
            where !texts.isEmpty {
                $0.key(key)
                $0.strings(texts)
            }
        }
        return Answer(bytes: json.bytes)
    }

    // MARK: Queries

    private func engine(_ request: APIRequest) throws -> QueryEngine {
        var query = limits.query
        let timeout = min(try request.duration("timeout") ?? limits.timeout, limits.timeout)
        let deadline = ContinuousClock.now + timeout
        query.isCancelled = { ContinuousClock.now > deadline }
        if let lookback = try request.duration("lookback_delta"), lookback > .zero {
            query.lookback = lookback
        }
        return QueryEngine(limits: query)
    }

    private func instant(_ request: APIRequest) throws -> Answer {
        let at = try request.time("time") ?? sources.now()
        let limit = try request.limit()
        let notes = QueryNotes()
        let value = try engine(request).instant(
            request.expression(), at: at, over: sources.store, notes: notes)
        switch value {
        case .scalar(let number): return point("scalar", at, formatted(number), notes)
        case .string(let text): return point("string", at, text, notes)
        case .matrix(let series): return matrix(series, limit: limit, notes)
        case .vector(let elements):
            return success(warning: Self.warning(elements.count, limit), notes: notes) {
                $0.object {
                    $0.member("resultType", "vector")
                    $0.key("result")
                    $0.array { json in
                        for element in elements.prefix(limit ?? .max) {
                            json.object {
                                $0.key("metric")
                                $0.labels(element.labels)
                                $0.key("value")
                                $0.point(at.milliseconds, formattedSample(element.value))
                            }
                        }
                    }
                }
            }
        }
    }

    private func range(_ request: APIRequest) throws -> Answer {
        let start = try request.requiredTime("start")
        let end = try request.requiredTime("end")
        guard start <= end else {
            throw request.invalid("end", "end timestamp must not be before start time")
        }
        guard let step = try request.duration("step") else {
            throw request.invalid("step", "cannot parse \"\" to a valid duration")
        }
        guard step > .zero else {
            throw request.invalid(
                "step",
                "zero or negative query resolution step widths are not accepted. "
                    + "Try a positive integer")
        }
        let notes = QueryNotes()
        let series = try engine(request).range(
            request.expression(), start: start, end: end, step: step, over: sources.store,
            notes: notes)
        return matrix(series, limit: try request.limit(), notes)
    }

    private static func warning(_ count: Int, _ limit: Int?) -> String? {
        limit.map { $0 < count } == true ? "results truncated due to limit" : nil
    }

    private func point(
        _ type: String, _ at: Timestamp, _ text: String, _ notes: QueryNotes
    ) -> Answer {
        success(notes: notes) {
            $0.object {
                $0.member("resultType", type)
                $0.key("result")
                $0.point(at.milliseconds, text)
            }
        }
    }

    private func matrix(_ series: [Series], limit: Int?, _ notes: QueryNotes) -> Answer {
        success(warning: Self.warning(series.count, limit), notes: notes) {
            $0.object {
                $0.member("resultType", "matrix")
                $0.key("result")
                $0.array { json in
                    for series in series.prefix(limit ?? .max) { Self.write(series, to: &json) }
                }
            }
        }
    }

    private static func write(_ series: Series, to json: inout JSONText) {
        json.object {
            $0.key("metric")
            $0.labels(series.labels)
            $0.key("values")
            $0.array { json in
                for (time, value) in zip(series.timestamps, series.values)
                where !value.isStaleMarker {
                    json.point(time, formattedSample(value))
                }
            }
        }
    }

    // MARK: Series and labels

    /// The series of every `match[]`, with samples between `start` and `end` where one is given.
    private func selection(_ request: APIRequest) throws -> SeriesSelection {
        let (start, end) = try (request.time("start"), request.time("end"))
        var selection = SeriesSelection(selectors: try request.selectors())
        if start != nil || end != nil {
            let first = start ?? Timestamp(milliseconds: .min)
            let last = end ?? Timestamp(milliseconds: .max)
            guard first <= last else {
                throw request.invalid("end", "end timestamp must not be before start time")
            }
            selection.range = first...last
        }
        return selection
    }

    private func series(_ request: APIRequest) throws -> Answer {
        let selection = try selection(request)
        if selection.selectors.isEmpty {
            throw APIFailure.badData("no match[] parameter provided")
        }
        let sets = try sources.store.labelSets(of: selection)
        let limit = try request.limit()
        guard min(sets.count, limit ?? .max) <= limits.resultCount else {
            throw APIFailure(
                status: 422, "execution",
                "\(sets.count) series match, at most \(limits.resultCount) are given")
        }
        return success(warning: Self.warning(sets.count, limit)) {
            $0.array { json in
                for set in sets.prefix(limit ?? .max) { json.labels(set) }
            }
        }
    }

    private func labels(_ request: APIRequest) throws -> Answer {
        try list(sources.store.labelNames(of: selection(request)), request)
    }

    private func values(of name: String, _ request: APIRequest) throws -> Answer {
        let name = Self.unescaped(name)
        guard !name.isEmpty else { throw APIFailure.badData("invalid label name: \"\"") }
        return try list(sources.store.labelValues(of: name, in: selection(request)), request)
    }

    private func list(_ texts: Set<String>, _ request: APIRequest) throws -> Answer {
        let limit = try request.limit()
        return success(warning: Self.warning(texts.count, limit)) {
            $0.strings(texts.sorted().prefix(limit ?? .max))
        }
    }

    /// `U__http_2e_status` is `http.status`: how clients write names that are no identifiers.
    static func unescaped(_ name: String) -> String {
        guard name.hasPrefix("U__") else { return name }
        var result = String.UnicodeScalarView()
        var rest = name.dropFirst(3)
        while let first = rest.first {
            rest = rest.dropFirst()
            guard first == "_" else {
                result.append(contentsOf: first.unicodeScalars)
                continue
            }
            if rest.first == "_" {
                result.append("_")
                rest = rest.dropFirst()
                continue
            }
            let digits = rest.prefix { $0 != "_" }
            guard digits.count < rest.count, digits.count <= 6,
                let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code)
            else { return name }
            result.append(scalar)
            rest = rest.dropFirst(digits.count + 1)
        }
        return String(result)
    }
}
