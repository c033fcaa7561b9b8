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
        if Self.hasType("text/plain", contentType) {
            self = .text
        } else if Self.hasType("application/openmetrics-text", contentType) {
            self = .openMetrics
        } else {
            return nil
        }
    }

    /// What is odd about the header although the page can be read.
    package static func warning(contentType: String?) -> String? {
        guard contentType?.isEmpty ?? true else { return nil }
        return "the answer has no Content-Type; read as text format 0.0.4"
    }

    /// Whether the part before the parameters is this type, in whatever case; blanks do not count.
    private static func hasType(_ type: String, _ header: String) -> Bool {
        let written = header.utf8.prefix { $0 != UInt8(ascii: ";") }.lazy
            .filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            .map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return written.elementsEqual(type.utf8)
    }
}
