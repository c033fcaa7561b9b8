import Foundation

@testable import Detection

extension GoldenSuites {
    static func streamingMoments(_ testCase: GoldenCase) -> Results {
        let values = testCase.values("values")
        var moments = Moments()
        for value in values { moments.insert(value) }
        let finite = values.compactMap { $0 }.filter(\.isFinite)
        var results: Results = [
            "n": moments.count, "nan": moments.missingCount, "inf": moments.infiniteCount,
        ]
        guard let mean = moments.mean, let low = moments.smallest, let high = moments.largest
        else {
            results["error"] = "empty"
            return results
        }
        results["mean"] = mean
        results["min"] = low
        results["max"] = high
        results["sum"] = moments.sum
        results["m2"] = moments.m2
        results["var_population"] = moments.populationVariance
        results["sd_population"] = moments.populationVariance?.squareRoot()
        results["var_sample"] = moments.sampleVariance
        results["sd_sample"] = moments.sampleVariance?.squareRoot()
        results["skew"] = moments.skewness
        results["excess_kurtosis"] = moments.excessKurtosis
        for key in testCase.expected.keys where key.hasPrefix("ewma_") {
            results[key] = Double(key.dropFirst("ewma_".count)).map { ewma(finite, rate: $0) }
        }
        if let split = goldenNumber(testCase.expected["merge_split_at"]).map({ Int($0) }) {
            results["merge_split_at"] = split
            results["parts"] = parts(finite, split: split, whole: &results)
        }
        return results
    }

    private static func ewma(_ values: [Double], rate: Double) -> Results {
        var moving = MovingMoments(rate: rate)
        let path = values.map { value in
            moving.insert(value)
            return moving.mean ?? .nan
        }
        return [
            "mean": moving.mean ?? .nan, "var": moving.variance, "path_mean": Array(path.prefix(8)),
        ]
    }

    /// The states of both parts; the whole's results come from merging them.
    private static func parts(
        _ values: [Double], split: Int, whole: inout Results
    ) -> [Results] {
        let parts = [values.prefix(split), values.dropFirst(split)].map { part in
            var moments = Moments()
            for value in part { moments.insert(value) }
            return moments
        }
        let merged = parts[0].merged(with: parts[1])
        whole["m2"] = merged.m2
        whole["mean"] = merged.mean
        whole["sum"] = merged.sum
        if merged.m2 > 0 {
            whole["skew"] = merged.skewness
            whole["excess_kurtosis"] = merged.excessKurtosis
        }
        return parts.filter { $0.count > 0 }.map {
            ["n": $0.count, "mean": $0.mean ?? .nan, "m2": $0.m2]
        }
    }

    static func changeDetection(_ testCase: GoldenCase) -> Results {
        let values = testCase.numbers("values")
        let errors = testCase.numbers("errors").map { $0 > 0.5 }
        var results: Results = [:]
        for key in testCase.expected.keys {
            let parts = key.split(separator: "_").map(String.init)
            if key.hasPrefix("adwin_delta"), let delta = Double(parts[1].dropFirst(5)) {
                let clock = parts.count > 2 ? Int(parts[2].dropFirst(5)) ?? 32 : 32
                results[key] = adwin(values, delta: delta, clock: clock)
            } else if key.hasPrefix("page_hinkley_"), parts.count == 4,
                let mode = PageHinkley.Mode(rawValue: parts[2]), let threshold = Double(parts[3])
            {
                var detector = PageHinkley(threshold: threshold, mode: mode)
                results[key] = ["detections": values.indices.filter { detector.update(values[$0]) }]
            } else if key.hasPrefix("cusum_k"), parts.count == 3,
                let slack = Double(parts[1].dropFirst()), let limit = Double(parts[2].dropFirst())
            {
                results[key] = cusum(values, slack: slack, limit: limit)
            }
        }
        results["ddm"] = statuses(errors, DriftDetectionMethod()) { $0.update(isError: $1) }
        results["eddm"] = statuses(errors, EarlyDriftDetectionMethod()) { $0.update(isError: $1) }
        results["hddm_a"] = statuses(errors, HoeffdingAverageTest()) { $0.update(isError: $1) }
        results["hddm_w"] = statuses(errors, HoeffdingWeightedTest()) { $0.update(isError: $1) }
        return results
    }

    private static func adwin(_ values: [Double], delta: Double, clock: Int) -> Results {
        var detector = Adwin(delta: delta, clock: clock)
        let detections = values.indices.filter { detector.update(values[$0]) }
        return [
            "detections": detections, "final_width": detector.width,
            "final_mean": detector.mean, "final_sum_of_squares": detector.sumOfSquares,
        ]
    }

    /// The process in control is that of the first hundred values.
    private static func cusum(_ values: [Double], slack: Double, limit: Double) -> Results {
        var first = Moments()
        for value in values.prefix(100) { first.insert(value) }
        let mean = first.mean ?? 0
        let deviation = (first.sampleVariance ?? 0).squareRoot()
        var detector = Cusum(mean: mean, deviation: deviation, slack: slack, limit: limit)
        var detections: [[Any]] = []
        for (i, value) in values.enumerated() {
            if let direction = detector.update(value) {
                detections.append([i, direction.rawValue])
            }
        }
        return [
            "mu": mean, "sd": deviation, "detections": detections, "final_up": detector.up,
            "final_down": detector.down,
        ]
    }

    private static func statuses<Detector>(
        _ errors: [Bool], _ detector: Detector,
        _ update: (inout Detector, Bool) -> ErrorRateStatus
    ) -> Results {
        var detector = detector
        let statuses = errors.map { update(&detector, $0) }
        return [
            "detections": statuses.indices.filter { statuses[$0].isDrift },
            "warnings": statuses.indices.filter { statuses[$0].isWarning },
        ]
    }
}
