import Foundation
import Testing
import TimeSeries

@testable import Scraping

@Suite("captured pages")
struct CapturedPageTests {
    static let names = [
        "bentoml-t1", "fastapi-instrumentator-t1", "fastapi-prometheus-client-t1",
        "fastapi-starlette-exporter-t1", "flask-prometheus-client-t1",
        "flask-prometheus-exporter-t1", "kserve-sdk-t1", "litserve-t1", "llama-cpp-server-t0",
        "llama-cpp-server-t1", "mlserver-multiprocess-t1", "mlserver-t1", "seldon-t1",
        "torchserve-t1", "triton-summaries-idle", "triton-summaries-t1", "triton-t1", "vllm-t1",
    ]

    @Test("are read whole: every sample is stored, or is a creation time", arguments: names)
    func whole(name: String) throws {
        let body = try Capture.body(name)
        let page = try PageReader(targetLabels: Capture.target)
            .read(body: body, format: .text, at: Page.noon)
        let lines = String(decoding: body, as: UTF8.self).split(separator: "\n")
        #expect(page.sampleCount == lines.filter { !$0.hasPrefix("#") }.count)
        #expect(page.batch.values.count + page.created.count == page.sampleCount)
        #expect(!page.batch.table.labels.contains { $0.metricName?.hasSuffix("_created") ?? true })
        #expect(page.warnings == [])
        #expect(page.families.all.allSatisfy { $0.kind != .unknown })
    }

    @Test(
        "have the same series in OpenMetrics, exemplars and all",
        arguments: ["flask-prometheus-client", "kserve-sdk"])
    func openMetrics(server: String) throws {
        let text = try PageReader(targetLabels: [:])
            .read(body: Capture.body(server + "-t1"), format: .text, at: Page.noon)
        let openMetrics = try PageReader(targetLabels: [:])
            .read(body: Capture.body(server + "-openmetrics"), format: .openMetrics, at: Page.noon)
        #expect(Set(openMetrics.batch.table.labels) == Set(text.batch.table.labels))
        #expect(openMetrics.created.count == text.created.count)
        #expect(openMetrics.warnings == [])
    }

    @Test("keep their table from the first scrape to the second where no series is new")
    func steady() throws {
        for server in ["triton", "torchserve", "flask-prometheus-client", "mlserver", "kserve-sdk"]
        {
            let reader = PageReader(targetLabels: Capture.target)
            let first = try reader.read(
                body: Capture.body(server + "-t0"), format: .text, at: Page.noon)
            let second = try reader.read(
                body: Capture.body(server + "-t1"), format: .text, at: Page.noon)
            #expect(first.batch.table === second.batch.table, "\(server)")
        }
    }
}
