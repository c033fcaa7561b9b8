import Querying

/// An error as clients of Prometheus know it.
struct APIFailure: Error {
    /// Of the HTTP answer.
    let status: Int
    let errorType: String
    let message: String

    init(status: Int, _ errorType: String, _ message: String) {
        self.status = status
        self.errorType = errorType
        self.message = message
    }

    static func badData(_ message: String) -> APIFailure {
        APIFailure(status: 400, "bad_data", message)
    }

    init(_ error: any Error) {
        switch error {
        case let failure as APIFailure: self = failure
        case let error as QueryError:
            let status =
                switch error.kind {
                case .badData: 400
                case .execution: 422
                case .timeout, .canceled: 503
                }
            self.init(status: status, error.kind.rawValue, error.description)
        default: self.init(status: 500, "internal", "\(error)")
        }
    }

    var body: [UInt8] {
        var json = JSONText()
        json.object {
            $0.member("status", "error")
            $0.member("errorType", errorType)
            $0.member("error", message)
        }
        return json.bytes
    }
}
