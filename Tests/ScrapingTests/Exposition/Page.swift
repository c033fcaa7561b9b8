import TimeSeries

@testable import Scraping

/// One page read by itself, and its samples as a dictionary.
enum Page {
    static let noon = Timestamp(milliseconds: 1_700_000_000_000)

    static func read(
        _ text: String, _ format: ExpositionFormat = .text, target: LabelSet = [:],
        limits: Target.Limits = .init()
    ) throws(ExpositionError) -> ParsedPage {
        try PageReader(targetLabels: target)
            .read(body: Array(text.utf8), format: format, at: noon, limits: limits)
    }

    /// The page's samples by the text of their labels.
    static func samples(
        _ text: String, _ format: ExpositionFormat = .text, target: LabelSet = [:]
    ) throws(ExpositionError) -> [String: Double] {
        try read(text, format, target: target).samples
    }

    /// The error of a page that must be refused.
    static func error(
        _ text: String, _ format: ExpositionFormat = .text, limits: Target.Limits = .init()
    ) -> ExpositionError? {
        do {
            _ = try read(text, format, limits: limits)
            return nil
        } catch {
            return error
        }
    }
}

extension ParsedPage {
    var samples: [String: Double] { batch.samples }
}

extension SampleBatch {
    var samples: [String: Double] {
        Dictionary(uniqueKeysWithValues: zip(table.labels.map(\.description), values))
    }
}
