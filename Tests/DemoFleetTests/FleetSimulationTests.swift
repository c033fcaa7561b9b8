import Testing

@testable import DemoFleet

@Suite("The simulated fleet")
struct FleetSimulationTests {
    private static let paths = FleetPlan.services.map(\.path)
    /// Before anything goes wrong.
    private static let calm = fleet(at: 61)

    private static func fleet(at seconds: Double, seed: UInt64 = 1) -> FleetSimulation {
        var fleet = FleetSimulation(seed: seed, startedAt: 1_750_000_000)
        fleet.advance(to: .seconds(seconds))
        return fleet
    }

    @Test("every line of every page has the text form", arguments: paths)
    func everyLineParses(path: String) throws {
        let page = try #require(Page(Self.calm, path))
        #expect(page.samples.count >= 8)
        #expect(page.malformed.isEmpty, "\(page.malformed)")
        #expect(!page.types.isEmpty)
    }

    @Test("every sample belongs to a family that was declared before", arguments: paths)
    func samplesHaveTypes(path: String) throws {
        let page = try #require(Page(Self.calm, path))
        #expect(page.undeclared.isEmpty, "\(page.undeclared)")
    }

    @Test("no series is written twice", arguments: paths)
    func seriesAreUnique(path: String) throws {
        let page = try #require(Page(Self.calm, path))
        #expect(page.repeated.isEmpty, "\(page.repeated)")
    }

    @Test("buckets never decrease, and the last one is the count", arguments: paths)
    func histogramInvariants(path: String) throws {
        let page = try #require(Page(Self.calm, path))
        for (family, buckets) in page.histograms {
            let counts = buckets.map(\.count)
            #expect(counts == counts.sorted(), "\(family)")
            #expect(buckets.map(\.bound) == buckets.map(\.bound).sorted(), "\(family)")
            #expect(buckets.last?.bound == .infinity, "\(family)")
            #expect(page.samples[family.countSeries] == counts.last, "\(family)")
        }
    }

    @Test("counters never decrease while the process lives")
    func countersAscend() throws {
        var fleet = FleetSimulation(seed: 3, startedAt: 1_750_000_000)
        var last: [String: Page] = [:]
        for second in stride(from: 2.0, through: 200, by: 11) {
            fleet.advance(to: .seconds(second))
            for path in Self.paths {
                // Where the process died, its successor counts from zero.
                let page = Page(fleet, path)
                for (series, value) in last[path]?.counters ?? [:] where page != nil {
                    let now = try #require(page?.samples[series], "\(series) at \(second)")
                    #expect(now >= value, "\(series) fell from \(value) to \(now) at \(second)")
                }
                last[path] = page
            }
        }
    }

    @Test("the state depends on time, not on how it was reached")
    func stepsDoNotMatter() {
        var often = FleetSimulation(seed: 9, startedAt: 0)
        for tenth in 0...300 { often.advance(to: .milliseconds(tenth * 100)) }
        let once = Self.fleet(at: 30, seed: 9)
        var again = once
        again.advance(to: .seconds(12))  // The past changes nothing.
        for path in Self.paths {
            #expect(Page(often, path)?.counters == Page(once, path)?.counters, "\(path)")
            #expect(again.answer(path: path) == once.answer(path: path), "\(path)")
        }
    }

    @Test("another seed gives another fleet")
    func seedsDiffer() {
        let path = "/ranker/metrics"
        #expect(
            Self.fleet(at: 30, seed: 1).answer(path: path)
                != Self.fleet(at: 30, seed: 2).answer(path: path))
    }

    @Test("traffic comes at about the planned rate")
    func trafficRate() throws {
        let page = try #require(Page(Self.calm, "/geo-eta/metrics"))
        let requests = page.total("inference_requests_total{")
        #expect((26 * 60 * 0.7...26 * 60 * 1.35).contains(requests), "\(requests)")
    }

    @Test("an unknown path is no service")
    func unknownPath() {
        #expect(Self.fleet(at: 1).answer(path: "/nobody/metrics") == .unknownService)
    }
}

@Suite("The scripted incidents")
struct IncidentTests {
    /// The fleet at the seconds that these tests look at, simulated once.
    private static let snapshots: [Int: FleetSimulation] = {
        var fleet = FleetSimulation(seed: 5, startedAt: 0)
        var snapshots: [Int: FleetSimulation] = [:]
        for second in [10, 20, 60, 66, 95, 99, 101, 116, 140, 144, 149, 165, 174, 182] {
            fleet.advance(to: .seconds(second))
            snapshots[second] = fleet
        }
        return snapshots
    }()

    private func page(_ path: String, at second: Int) throws -> Page {
        let fleet = try #require(Self.snapshots[second])
        return try #require(Page(fleet, path))
    }

    /// What a page's counter grew by between two times of the first cycle.
    private func growth(
        _ path: String, _ range: ClosedRange<Int>, _ series: (Page) -> Double
    ) throws -> Double {
        try series(page(path, at: range.upperBound)) - series(page(path, at: range.lowerBound))
    }

    private func meanLatency(_ range: ClosedRange<Int>) throws -> Double {
        let path = "/geo-eta/metrics"
        let sum = try growth(path, range) { $0.total("inference_latency_seconds_sum") }
        let count = try growth(path, range) { $0.total("inference_latency_seconds_count") }
        return sum / count
    }

    @Test("the first four fall within three minutes and are of four kinds")
    func firstThreeMinutes() {
        let early = DemoFleet.incidents.filter { $0.seconds.upperBound <= 180 }
        #expect(early.count >= 4)
        #expect(early.contains { if case .latency = $0.effect { true } else { false } })
        #expect(early.contains { if case .errors = $0.effect { true } else { false } })
        #expect(early.contains { $0.effect == .drift && $0.version != nil })
        #expect(early.contains { $0.effect == .outage })
    }

    @Test("nothing happens in the first minute, and every name is of the fleet")
    func scriptFitsTheFleet() {
        for incident in DemoFleet.incidents {
            #expect(incident.seconds.lowerBound >= 60)
            #expect(incident.seconds.upperBound < Incident.cycleSeconds)
            let service = FleetPlan.services.first { $0.name == incident.service }
            #expect(service != nil, "\(incident.service)")
            if let version = incident.version {
                #expect(
                    service?.models.contains { $0.version == version } == true, "\(version)")
            }
        }
    }

    @Test("requests take longer during the latency spike, and not afterwards")
    func latencySpike() throws {
        let usual = try meanLatency(20...60)
        #expect(try meanLatency(66...99) > usual * 4)
        #expect(try meanLatency(101...140) < usual * 1.3)
    }

    @Test("requests fail during the error burst")
    func errorBurst() throws {
        let path = "/vision-tag/metrics"
        func ratio(_ range: ClosedRange<Int>) throws -> Double {
            let failed = try growth(path, range) { $0.total("Requests5XX") }
            return try failed / growth(path, range) { $0.total("ts_inference_requests_total") }
        }
        #expect(try ratio(20...60) < 0.05)
        #expect((0.2...0.4).contains(try ratio(116...144)))
    }

    @Test("only the canary's predictions drift, classes and scores alike")
    func drift() throws {
        let path = "/fraud-score/metrics"
        func fraudShare(_ version: String, _ range: ClosedRange<Int>) throws -> Double {
            let fraud = try growth(path, range) {
                $0.total(
                    "model_predictions_total{class=\"fraud\",model=\"fraud\","
                        + "version=\"\(version)\"}")
            }
            let all = try growth(path, range) { page in
                page.samples.filter {
                    $0.key.hasPrefix("model_predictions_total{") && $0.key.contains(version)
                }.values.reduce(0, +)
            }
            return fraud / all
        }
        #expect(try fraudShare("2.4.0-rc1", 10...95) < 0.07)
        #expect(try fraudShare("2.4.0-rc1", 101...174) > 0.12)
        #expect(try fraudShare("2.3.1", 101...174) < 0.06)
    }

    @Test("the dead service does not answer, and begins anew from zero")
    func outage() throws {
        let path = "/embed-text/metrics"
        let series = ":tensorflow:serving:request_count{"
        let before = try page(path, at: 149).total(series)
        #expect(Self.snapshots[165]?.answer(path: path) == .down)
        let after = try page(path, at: 182).total(series)
        #expect(after > 0)
        #expect(after < before / 4)
    }

    @Test("the script begins again after a cycle")
    func cycle() {
        for incident in DemoFleet.incidents {
            let inside = incident.seconds.lowerBound + 1
            #expect(incident.isActive(at: inside))
            #expect(incident.isActive(at: inside + Incident.cycleSeconds))
            #expect(!incident.isActive(at: incident.seconds.upperBound))
        }
    }
}
