import Hummingbird
import Storage

/// What clients hand in: predictions and labels, as a JSON array or with an object on each line.
extension APIHandler {
    /// Prometheus has an address of this name, for the names of labels; it is asked with a form.
    private static let labelsPath = "/api/v1/labels"
    private static let predictionsPath = "/api/v1/predictions"
    /// A page of the web cannot send these types elsewhere without asking first, and nobody here
    /// says yes; forms and plain text it could.
    private static let types = [
        "application/json", "application/x-ndjson", "application/jsonl", "application/x-jsonlines",
    ]

    static func holdsRecords(_ request: Request) -> Bool {
        guard request.method == .post,
            [labelsPath, predictionsPath].contains(request.uri.path)
        else { return false }
        let type = (request.headers[.contentType] ?? "").prefix { $0 != ";" }
        return types.contains(type.lowercased().filter { $0 != " " })
    }

    /// Why records are not taken from this request; nil where they are, or it is a question.
    static func refusal(ofRecords request: Request) -> Response? {
        guard request.uri.path == predictionsPath, !holdsRecords(request) else { return nil }
        guard request.method == .post else {
            var response = text("Method Not Allowed: predictions are posted\n", 405)
            response.headers[.allow] = "POST"
            return response
        }
        return text("expected Content-Type application/json or application/x-ndjson\n", 415)
    }

    func takePredictions(_ request: APIRequest) throws -> Answer {
        let service = request["service"]
        let records = try Self.records(request) { fields throws(RecordFields.Mistake) in
            try fields.prediction(service: service)
        }
        return taken(try sources.store.record(predictions: records))
    }

    func takeLabels(_ request: APIRequest) throws -> Answer {
        let service = request["service"]
        let now = sources.now()
        let records = try Self.records(request) { fields throws(RecordFields.Mistake) in
            try fields.label(service: service, now: now)
        }
        return taken(try sources.store.record(labels: records))
    }

    /// - Throws: `bad_data` with the number of the first line or element that is wrong; then nothing
    ///   is taken.
    private static func records<Record>(
        _ request: APIRequest, _ parse: (RecordFields) throws(RecordFields.Mistake) -> Record
    ) throws -> [Record] {
        do {
            return try RecordFields.list(json: request.records ?? []).map { number, fields in
                do throws(RecordFields.Mistake) {
                    return try parse(fields)
                } catch {
                    throw APIFailure.badData("record \(number): \(error)")
                }
            }
        } catch let mistake as RecordFields.Mistake {
            throw APIFailure.badData("\(mistake)")
        }
    }

    private func taken(_ count: GroundTruthCount) -> Answer {
        success {
            $0.object {
                $0.member("added", number: Double(count.added))
                $0.member("unchanged", number: Double(count.unchanged))
                $0.member("changed", number: Double(count.changed))
                $0.member("outdated", number: Double(count.outdated))
            }
        }
    }
}
