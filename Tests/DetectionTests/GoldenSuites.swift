import Foundation

@testable import Detection

/// Results by key for each suite of golden files.
enum GoldenSuites {
    typealias Results = [String: Any]

    static let suites: [String: @Sendable (GoldenCase) -> Results] = [
        "anderson_darling": { andersonDarling($0) }, "cbpe": { cbpe($0) },
        "change_detection": { changeDetection($0) }, "chi2": { chi2($0) },
        "data_quality": { dataQuality($0) }, "divergences": { divergences($0) },
        "histogram_quantile": { histogramQuantile($0) }, "ks": { ks($0) },
        "mean_tests": { meanTests($0) }, "multiple_testing": { multipleTesting($0) },
        "performance": { performance($0) }, "psi_counts": { psiCounts($0) },
        "psi_samples": { psiSamples($0) }, "quantiles": { quantiles($0) },
        "smooth_test": { smoothTest($0) }, "special_functions": { specialFunctions($0) },
        "streaming_moments": { streamingMoments($0) }, "wasserstein": { wasserstein($0) },
    ]

    static func usage(_ reference: FiniteSample, _ current: FiniteSample) -> Results {
        [
            "ref_used": reference.count, "cur_used": current.count,
            "ref_nan": reference.missingCount, "cur_nan": current.missingCount,
            "ref_inf": reference.infiniteCount, "cur_inf": current.infiniteCount,
        ]
    }

    static func ks(_ testCase: GoldenCase) -> Results {
        let (reference, current) = (testCase.sample("ref"), testCase.sample("cur"))
        var results = usage(reference, current)
        guard let test = KolmogorovSmirnov(reference: reference, current: current) else {
            results["error"] = "empty"
            return results
        }
        results["d"] = test.distance
        results["p_exact"] = testCase.expected["p_exact"] == nil ? nil : test.exactPValue
        results["p_limit"] = test.limitPValue
        results["p_kstwo"] = test.oneSamplePValue
        return results
    }

    static func meanTests(_ testCase: GoldenCase) -> Results {
        let (reference, current) = (testCase.sample("ref"), testCase.sample("cur"))
        var results = usage(reference, current)
        guard let test = LocationTests(reference: reference, current: current) else {
            results["error"] = "empty"
            return results
        }
        results["ref_mean"] = test.referenceMean
        results["cur_mean"] = test.currentMean
        results["z_mean"] = test.zMean
        results["p_z_mean"] = test.zMeanPValue
        results["welch_t"] = test.welch?.t
        results["welch_df"] = test.welch?.dof
        results["welch_p"] = test.welch?.pValue
        results["ref_median"] = test.referenceMedian
        results["ref_mad"] = test.referenceMad
        results["cur_median"] = test.currentMedian
        results["robust_scale"] = test.robustScale
        results["robust_z"] = test.robustZ
        results["mw_u"] = test.mannWhitney.u
        results["mw_p"] = test.mannWhitney.pValue
        results["mw_auc"] = test.mannWhitney.auc
        return results
    }

    static func wasserstein(_ testCase: GoldenCase) -> Results {
        let (reference, current) = (testCase.sample("ref"), testCase.sample("cur"))
        var results = usage(reference, current)
        guard let distance = Wasserstein(reference: reference, current: current) else {
            results["error"] = "empty"
            return results
        }
        results["w1"] = distance.distance
        results["ref_sd"] = distance.referenceDeviation
        results["w1_over_sd"] = distance.standardised
        results["w1_evidently"] = distance.evidently
        results["energy_distance"] = distance.energyDistance
        return results
    }

    static func andersonDarling(_ testCase: GoldenCase) -> Results {
        let samples = (testCase.input["samples"] as? [[Any]] ?? []).map {
            FiniteSample($0.map(goldenNumber))
        }
        var results: Results = [:]
        do {
            let test = try AndersonDarling(samples)
            results["a2"] = test.statistic
            results["sigma"] = test.deviation
            results["t"] = test.standardised
            results["p_table"] = test.tablePValue
        } catch {
            results["error"] = error.rawValue
        }
        if samples.count == 2,
            let test = CramerVonMises(reference: samples[0], current: samples[1])
        {
            results["cvm_t"] = test.statistic
            results["cvm_p"] = test.pValue
        }
        return results
    }

    static func psiCounts(_ testCase: GoldenCase) -> Results {
        let (reference, current) = (testCase.numbers("ref"), testCase.numbers("cur"))
        let m = reference.reduce(0, +)
        let n = current.reduce(0, +)
        guard m > 0, n > 0 else { return ["error": "empty"] }
        var results = pearson(reference, current)
        let used = PopulationStability.usedBinCount(reference: reference, current: current)
        results["bins_used"] = used
        var indexes: [String: Any] = [:]
        for rule in PopulationStability.ZeroRule.allCases {
            indexes[rule.rawValue] = PopulationStability.index(
                reference: reference, current: current, rule: rule)
        }
        results["psi"] = indexes
        let mean = PopulationStability.nullMean(binCount: used, m: m, n: n)
        results["h0_mean"] = mean
        if let psi = PopulationStability.index(reference: reference, current: current) {
            results["psi_jeffreys_corrected"] = psi - mean
            results["p_psi_jeffreys"] = exp(
                PopulationStability.lnPValue(index: psi, binCount: used, m: m, n: n))
        }
        return results
    }

    private static func pearson(_ reference: [Double], _ current: [Double]) -> Results {
        let test = HomogeneityTest([reference, current])
        return ["x2": test.statistic, "dof": test.dof, "p_x2": test.pValue]
    }

    static func psiSamples(_ testCase: GoldenCase) -> Results {
        let (reference, current) = (testCase.sample("ref"), testCase.sample("cur"))
        var results = usage(reference, current)
        let binCount = goldenNumber(testCase.input["bins"]).map { Int($0) } ?? 10
        guard !current.isEmpty,
            let plain = QuantileBins(reference: reference, binCount: binCount, atoms: false),
            let atoms = QuantileBins(reference: reference, binCount: binCount)
        else {
            results["error"] = "empty"
            return results
        }
        for (name, bins) in [("quantile", plain), ("atoms", atoms)] {
            let r = bins.counts(of: reference.sorted)
            let c = bins.counts(of: current.sorted)
            var part = pearson(r, c)
            part["edges"] = bins.cuts.map(\.value)
            part["cuts"] = bins.cuts.map { [$0.value, $0.side.rawValue] as [Any] }
            part["ref_counts"] = r
            part["cur_counts"] = c
            part["psi_jeffreys"] = PopulationStability.index(reference: r, current: c)
            part["psi_epsilon"] = PopulationStability.index(
                reference: r, current: c, rule: .epsilon)
            results[name] = part
        }
        return results
    }

    static func chi2(_ testCase: GoldenCase) -> Results {
        let table = (testCase.input["table"] as? [[Any]] ?? []).map {
            $0.map { goldenNumber($0) ?? 0 }
        }
        let test = HomogeneityTest(table)
        var results: Results = [
            "x2": test.statistic, "dof": test.dof, "p": test.pValue, "g": test.likelihoodRatio,
            "p_g": test.likelihoodRatioPValue, "cramers_v": test.cramersV,
            "cramers_v_corrected": test.correctedCramersV,
        ]
        results["min_expected"] = test.smallestExpected
        results["x2_yates"] = test.corrected
        results["p_yates"] = test.correctedPValue
        return results
    }

    static func divergences(_ testCase: GoldenCase) -> Results {
        guard
            let divergence = Divergence(
                reference: testCase.numbers("ref"), current: testCase.numbers("cur"))
        else { return ["error": "empty"] }
        let js = divergence.jensenShannon
        return [
            "js_divergence_nat": js, "js_divergence_bit": js / log(2),
            "js_distance_nat": js.squareRoot(), "js_distance_bit": (js / log(2)).squareRoot(),
            "hellinger": divergence.hellinger, "bhattacharyya": divergence.bhattacharyya,
            "kl_cur_ref": divergence.kullbackLeibler,
            "kl_ref_cur": divergence.reverseKullbackLeibler, "tvd": divergence.totalVariation,
            "linf": divergence.largestDifference,
        ]
    }

    static func smoothTest(_ testCase: GoldenCase) -> Results {
        let (reference, current) = (testCase.numbers("ref"), testCase.numbers("cur"))
        guard reference.contains(where: { $0 > 0 }), current.contains(where: { $0 > 0 }) else {
            return ["error": "empty"]
        }
        guard let test = SmoothTest(reference: reference, current: current) else {
            return ["error": "constant", "statistic": 0.0, "dof": 0, "p": 1.0, "z": [Double]()]
        }
        return [
            "statistic": test.statistic, "dof": test.dof, "z": test.z, "p": test.pValue,
        ]
    }

    static func quantiles(_ testCase: GoldenCase) -> Results {
        let sample = testCase.sample("values")
        if sample.isEmpty { return ["error": "empty"] }
        return ["type7": testCase.numbers("q").map { sample.quantile($0) ?? .nan }]
    }

    static func histogramQuantile(_ testCase: GoldenCase) -> Results {
        let buckets = (testCase.input["buckets"] as? [[Any]] ?? []).map {
            (upperBound: goldenNumber($0[0]) ?? .nan, count: goldenNumber($0[1]) ?? .nan)
        }
        return [
            "quantiles": testCase.numbers("q").map {
                Detection.histogramQuantile($0, buckets: buckets)
            }
        ]
    }

    static func multipleTesting(_ testCase: GoldenCase) -> Results {
        let p = testCase.numbers("p")
        let adjusted = MultipleTesting.benjaminiHochberg(p)
        var results: Results = [
            "bh_adjusted": adjusted, "by_adjusted": MultipleTesting.benjaminiYekutieli(p),
            "holm_adjusted": MultipleTesting.holm(p),
            "bonferroni_adjusted": MultipleTesting.bonferroni(p),
            "fisher_p": MultipleTesting.fisher(p),
        ]
        results["cauchy_p"] = MultipleTesting.cauchy(p)
        for key in testCase.expected.keys where key.hasPrefix("bh_reject_") {
            guard let level = Double(key.dropFirst("bh_reject_".count)) else { continue }
            results[key] = adjusted.map { $0 <= level }
        }
        return results
    }
}
