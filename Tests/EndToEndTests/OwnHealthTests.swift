import Foundation
import TestSupport
import Testing

@Suite("What mlmon says of itself")
struct OwnHealthTests {
    @Test("counts of scrapes and rejections are series, and the log names target and limit once")
    func rejected() async throws {
        let watched = try Watched(hook: try Hook(), extra: "rules: []")
        let path = watched.folder.file("mlmon.yaml")
        let configuration = try String(contentsOfFile: path, encoding: .utf8)
        try configuration.replacing(
            "scrape: {interval: 1s}", with: "scrape: {interval: 1s, limits: {samples: 1}}"
        ).write(toFile: path, atomically: true, encoding: .utf8)
        let program = try watched.start()
        #expect(await watched.scrapes(3))
        #expect(
            try await eventually(within: .seconds(120)) {
                try
                    (watched.values("mlmon_target_scrapes_rejected_total{limit='samples'}").first
                    ?? 0) >= 3
            }, "\(program.errors)")
        #expect(try watched.values("mlmon_scrapes_rejected_total{limit='series'}") == [0])
        #expect(try watched.values("up") == [0])
        #expect((try watched.values("mlmon_store_committed_samples_total").first ?? 0) > 0)
        let lines = program.errors.split(separator: "\n").filter { $0.contains("scrape rejected") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("scrape.limits.samples") == true)
        #expect(lines.first?.contains("digits") == true)
        #expect(program.end() == 0)
    }
}
