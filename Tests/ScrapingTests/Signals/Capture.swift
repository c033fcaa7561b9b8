import Foundation
import Testing
import TimeSeries

@testable import Scraping

/// Pages of real servers, scraped before and after a counted load.
enum Capture {
    static let target: LabelSet = ["service": "s", "instance": "i"]

    static func body(_ name: String) throws -> [UInt8] {
        let folder = Bundle.module.url(forResource: "Pages", withExtension: nil)
        let url = try #require(folder).appendingPathComponent(name + ".txt")
        return [UInt8](try Data(contentsOf: url))
    }

    /// What the signal series of a server grew by between its two pages, by their text without the
    /// target's labels.
    static func increases(
        _ server: String, presets: [Preset] = [], named: String? = nil
    ) throws -> [String: Double] {
        let reader = PageReader(targetLabels: target)
        let recorder = SignalRecorder(
            targetLabels: target, presetName: named, library: PresetLibrary(presets))
        var samples: [[String: Double]] = []
        for (index, name) in ["\(server)-t0", "\(server)-t1"].enumerated() {
            let page = try reader.read(
                body: body(name), format: .text, at: Page.noon + .seconds(15 * index))
            let batches = recorder.record(page)
            samples.append(try #require(batches.last).shortSamples)
        }
        return samples[1].filter { !$0.value.isNaN }.reduce(into: [:]) { result, sample in
            result[sample.key] = sample.value - (samples[0][sample.key] ?? 0)
        }
    }
}

extension SampleBatch {
    /// Samples by the text of their labels, `service` and `instance` left out.
    var shortSamples: [String: Double] {
        Dictionary(
            uniqueKeysWithValues: zip(table.labels, values).map {
                ($0.removing(["service", "instance"]).description, $1)
            })
    }
}
