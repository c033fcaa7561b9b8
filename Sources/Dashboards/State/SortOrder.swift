/// By what the fleet's rows are ordered.
package enum SortOrder: Int, CaseIterable, Sendable {
    case state, name, requests, p50, p99, errors, psi

    /// As the command line calls it.
    package var word: String {
        switch self {
        case .state: "state"
        case .name: "name"
        case .requests: "requests"
        case .p50: "p50"
        case .p99: "p99"
        case .errors: "errors"
        case .psi: "psi"
        }
    }

    package var next: SortOrder {
        SortOrder(rawValue: (rawValue + 1) % Self.allCases.count) ?? .state
    }

    /// In order; unknown values last whichever the direction, equal ones by name.
    package func sorted(_ services: [ServiceSummary], reversed: Bool) -> [ServiceSummary] {
        services.sorted { a, b in
            switch self {
            case .state:
                if a.health != b.health { return (a.health < b.health) != reversed }
            case .name:
                if a.name != b.name { return (a.name < b.name) != reversed }
            default:
                switch (key(a), key(b)) {
                case (let x?, let y?) where x != y: return (x > y) != reversed
                case (.some, nil): return true
                case (nil, .some): return false
                default: break
                }
            }
            return a.name < b.name
        }
    }

    private func key(_ service: ServiceSummary) -> Double? {
        switch self {
        case .state, .name: nil
        case .requests: service.now.requestsPerSecond
        case .p50: service.now.p50Seconds ?? service.now.meanSeconds
        case .p99: service.now.p99Seconds
        case .errors: service.now.errorRatio
        case .psi: service.psi
        }
    }
}
