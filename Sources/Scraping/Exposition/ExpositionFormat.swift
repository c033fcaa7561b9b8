/// Which text format a metrics page is written in, as its Content-Type says.
package enum ExpositionFormat: Sendable, Equatable {
    /// Prometheus text 0.0.4 or 1.0.0; the two differ in nothing that a reader must know.
    case text
    /// OpenMetrics 1.0.
    case openMetrics

    /// The format of an answer with this Content-Type; nil where it is no metrics page.
    ///
    /// A missing header counts as text: older exporters leave it out.
    package init?(contentType: String?) {
        guard let contentType, !contentType.isEmpty else {
            self = .text
            return
        }
        switch Self.mediaType(contentType) {
        case "text/plain": self = .text
        case "application/openmetrics-text": self = .openMetrics
        default: return nil
        }
    }

    /// What is odd about the header although the page can be read.
    package static func warning(contentType: String?) -> String? {
        guard contentType?.isEmpty ?? true else { return nil }
        return "the answer has no Content-Type; read as text format 0.0.4"
    }

    /// The part before the parameters, lower-case.
    private static func mediaType(_ header: String) -> String {
        let type = header.prefix { $0 != ";" }
        return type.filter { $0 != " " && $0 != "\t" }.lowercased()
    }
}
