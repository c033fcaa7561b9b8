import Foundation
import HTTP
import Scraping
import Testing
import TimeSeries

@testable import Configuring

@Suite("Shipped presets fit real pages")
struct CaptureTests {
    /// Pages of real servers, and the preset each must be recognised as.
    private static let captures = [
        ("triton", "triton"), ("triton-summaries", "triton"), ("torchserve", "torchserve"),
        ("mlserver", "mlserver"), ("vllm", "vllm"),
        ("flask-prometheus-client", "prometheus-client"),
        ("flask-prometheus-exporter", "prometheus-flask-exporter"),
        ("fastapi-instrumentator", "fastapi-instrumentator"),
    ]

    private func page(_ capture: String) throws -> ParsedPage {
        let url = try #require(
            Bundle.module.url(
                forResource: capture, withExtension: "txt", subdirectory: "Captures"))
        let reader = PageReader(targetLabels: ["service": "s", "instance": "i"])
        return try reader.read(
            body: Array(Data(contentsOf: url)), format: .text, at: Timestamp(seconds: 1_000),
            limits: Target.Limits())
    }

    @Test("the preset is recognised by its fingerprint", arguments: captures)
    func recognition(capture: String, preset: String) throws {
        let library = PresetLibrary(try ShippedFiles.presets())
        #expect(library.preset(for: try page(capture), named: nil).name == preset)
    }

    @Test(
        "requests and latency of the page are found by the preset's selectors", arguments: captures)
    func signals(capture: String, preset: String) throws {
        let library = PresetLibrary(try ShippedFiles.presets())
        let page = try page(capture)
        let names = Set(page.batch.table.labels.compactMap(\.metricName))
        let chosen = library.preset(for: page, named: nil)
        for signal in [Signal.requests, .latency] {
            let sources = try #require(chosen.signals[signal], "\(capture) has no \(signal)")
            let isFound = sources.contains { source in
                let name = String(source.selector.prefix { $0 != "{" })
                return [name, "\(name)_count", "\(name)_bucket"].contains { names.contains($0) }
            }
            #expect(isFound, "\(capture) \(signal): \(sources.map(\.selector))")
        }
    }
}
