import Testing
import TimeSeries

@testable import Querying

@Suite("Limits")
struct LimitTests {
    private let source = MemorySource(
        (0..<10).map { index in
            Series(
                labels: ["__name__": "x", "k": "\(index)"], timestamps: (0..<100).map { $0 * 1000 },
                values: (0..<100).map(Double.init))
        })

    private func message(
        _ limits: QueryLimits, _ text: String, start: Int64 = 0, end: Int64 = 99_000,
        step: Duration = .seconds(1), source other: (any SeriesSource)? = nil
    ) throws -> String? {
        let expression = try QueryExpression(parsing: text)
        let engine = QueryEngine(limits: limits)
        do {
            if let other {
                _ = try engine.instant(
                    expression, at: Timestamp(milliseconds: end), over: Boxed(other))
            } else {
                _ = try engine.range(
                    expression, start: Timestamp(milliseconds: start),
                    end: Timestamp(milliseconds: end), step: step, over: source)
            }
            return nil
        } catch {
            return "\(error.kind.rawValue): \(error)"
        }
    }

    private struct Boxed: SeriesSource {
        let inner: any SeriesSource
        init(_ inner: any SeriesSource) { self.inner = inner }
        func series(matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp) throws
            -> [Series]
        { try inner.series(matching: matchers, from: from, through: through) }
    }

    private struct Broken: SeriesSource {
        struct Failure: Error, CustomStringConvertible { let description = "disk on fire" }
        func series(matching: [LabelMatcher], from: Timestamp, through: Timestamp) throws
            -> [Series]
        {
            throw Failure()
        }
    }

    @Test("each limit has its message")
    func messages() throws {
        #expect(try message(QueryLimits(), "x") == nil)
        #expect(
            try message(QueryLimits(maximumSamples: 500), "x")
                == "execution: query processing would load too many samples into memory in query "
                + "execution: more than 500")
        #expect(
            try message(QueryLimits(maximumSeries: 9), "x")
                == "execution: selector x selects 10 series, at most 9 are allowed")
        #expect(
            try message(QueryLimits(maximumSteps: 50), "x")
                == "bad_data: exceeded maximum resolution of 50 points per timeseries. "
                + "Try decreasing the query resolution (?step=XX)"
        )
        #expect(
            try message(QueryLimits(isCancelled: { true }), "x")
                == "timeout: query timed out in expression evaluation")
        #expect(
            try message(QueryLimits(), "x", source: Broken())
                == "execution: expanding series: disk on fire")
    }

    @Test("a subquery cannot escape the limit on samples")
    func subqueries() throws {
        for text in [
            "sum_over_time(vector(1)[1000y:1ms])", "sum_over_time(vector(1)[9y:1s])",
            "max_over_time(max_over_time(x[1d:1s])[100d:1s])",
        ] {
            #expect(
                try message(QueryLimits(), text)?.contains("too many samples") == true, "\(text)")
        }
    }

    @Test("refuses ranges that are none")
    func ranges() throws {
        #expect(
            try message(QueryLimits(), "x", start: 5, end: 4)
                == "bad_data: end timestamp must not be before start time")
        #expect(
            try message(QueryLimits(), "x", step: .zero)?.hasPrefix(
                "bad_data: zero or negative query resolution") == true)
        #expect(
            try message(QueryLimits(), "x[5m]")
                == "bad_data: invalid expression type \"range vector\" for range query, must be "
                + "Scalar or instant Vector")
        #expect(try message(QueryLimits(), "\"x\"")?.contains("\"string\"") == true)
        #expect(
            try message(QueryLimits(), "x", start: .min, end: .max)
                == "bad_data: time is out of range")
    }

    @Test("offsets and times at the edge of the range do not overflow")
    func extremes() throws {
        for text in [
            "x offset 200000y", "x offset -200000y", "x @ 8e12", "x @ -8e12 offset 200000y",
            "rate(x[280000y])", "sum_over_time(x[1000y:1000y])", "year(vector(9e15))",
        ] {
            _ = try? message(QueryLimits(), text)
            _ = try? message(
                QueryLimits(), text, start: StepGrid.maximumTime - 1000, end: StepGrid.maximumTime)
        }
    }

    @Test("a range query agrees with instant queries at its steps", arguments: 0..<60)
    func rangeAgreesWithInstants(seed: Int) throws {
        var random = RandomExpression(seed: UInt64(seed) + 1000)
        let source = MemorySource([
            Series(
                labels: ["__name__": "a", "k": "1", "le": "1"],
                timestamps: [0, 1000, 2000, 3000, 4000], values: [1, 4, 2, .staleMarker, 5]),
            Series(
                labels: ["__name__": "b", "k": "1", "le": "+Inf"], timestamps: [0, 1500, 2500],
                values: [2, 7, 9]),
        ])
        let engine = QueryEngine(limits: QueryLimits(maximumSamples: 300_000))
        for _ in 0..<10 {
            let text = random.vector(depth: 3)
            guard
                !["start()", "end()", "step()", "range()", "sort", "limitk", "topk", "bottomk"]
                    .contains(
                        where: text.contains)
            else { continue }
            guard let expression = try? QueryExpression(parsing: text) else { continue }
            let times: [Int64] = [-700, 0, 700, 1400, 2100, 2800, 3500, 4200]
            guard
                let range = try? engine.range(
                    expression, start: Timestamp(milliseconds: -700),
                    end: Timestamp(milliseconds: 4200), step: .milliseconds(700), over: source)
            else { continue }
            for time in times {
                guard
                    case .vector(let elements) = try engine.instant(
                        expression, at: Timestamp(milliseconds: time), over: source)
                else { continue }
                var found: [LabelSet: String] = [:]
                for series in range {
                    guard let index = series.timestamps.firstIndex(of: time) else { continue }
                    found[series.labels] = formatted(series.values[index])
                }
                let wanted = Dictionary(
                    elements.map { ($0.labels, formatted($0.value)) }, uniquingKeysWith: { $1 })
                #expect(found == wanted, "\(text) at \(time)")
            }
        }
    }
}
