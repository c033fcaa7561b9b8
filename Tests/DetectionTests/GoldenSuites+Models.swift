import Foundation

@testable import Detection

extension GoldenSuites {
    static func cbpe(_ testCase: GoldenCase) -> Results {
        let scores = testCase.numbers("y_pred_proba")
        var results: Results = [:]
        var probabilities = scores
        if testCase.input["ref_score"] != nil {
            let calibration = IsotonicCalibration(
                scores: testCase.numbers("ref_score"), labels: testCase.numbers("ref_label"))
            probabilities = scores.map { calibration?.probability(at: $0) ?? .nan }
            results["calibrated"] = probabilities
            results["x_thresholds"] = calibration?.thresholds
            results["y_thresholds"] = calibration?.values
        }
        guard
            let estimate = PerformanceEstimate(
                probabilities: probabilities, scores: scores,
                isPositive: testCase.numbers("y_pred").map { $0 == 1 })
        else {
            results["error"] = "empty"
            return results
        }
        results.merge(confusion(estimate.expected)) { $1 }
        results["roc_auc"] = estimate.rocAuc
        return results
    }

    private static func confusion(_ matrix: ConfusionMatrix) -> Results {
        [
            "tp": matrix.truePositive, "fp": matrix.falsePositive, "fn": matrix.falseNegative,
            "tn": matrix.trueNegative, "accuracy": matrix.accuracy, "precision": matrix.precision,
            "recall": matrix.recall, "specificity": matrix.specificity, "f1": matrix.f1,
            "mcc": matrix.matthewsCorrelation,
        ]
    }

    static func performance(_ testCase: GoldenCase) -> Results {
        if testCase.input["y_true_value"] != nil || testCase.input["y_pred_proba"] == nil {
            return regression(testCase)
        }
        guard
            let metrics = ClassificationMetrics(
                scores: testCase.numbers("y_pred_proba"),
                labels: testCase.numbers("y_true").map { $0 == 1 })
        else { return ["error": "empty"] }
        var results = confusion(metrics.confusion)
        results["brier"] = metrics.brierScore
        results["log_loss"] = metrics.logLoss
        results["roc_auc"] = metrics.rocAuc
        results["average_precision"] = metrics.averagePrecision
        results["ks"] = metrics.kolmogorovSmirnov
        results["ece_10"] = metrics.calibrationError
        return results
    }

    private static func regression(_ testCase: GoldenCase) -> Results {
        guard
            let metrics = RegressionMetrics(
                predictions: testCase.numbers("y_pred"), truth: testCase.numbers("y_true_value"))
        else { return ["error": "empty"] }
        var results: Results = [
            "mae": metrics.meanAbsoluteError, "mse": metrics.meanSquaredError,
            "rmse": metrics.rootMeanSquaredError, "mape": metrics.meanAbsolutePercentageError,
            "bias": metrics.bias, "median_ae": metrics.medianAbsoluteError,
        ]
        results["r2"] = metrics.rSquared
        return results
    }

    static func dataQuality(_ testCase: GoldenCase) -> Results {
        if testCase.input["kind"] as? String == "numeric" { return range(testCase) }
        let lists = ["ref", "cur"].map { key in
            (testCase.input[key] as? [Any] ?? []).map { $0 as? String }
        }
        let quality = CategoryQuality(reference: lists[0], current: lists[1])
        let test = HomogeneityTest([quality.referenceCounts, quality.counts])
        var results: Results = [
            "n": quality.count, "missing": quality.missingCount, "unseen": quality.unseenCount,
            "unseen_values": quality.unseenValues, "distinct": quality.distinctCount,
            "vanished_values": quality.vanishedValues, "ref_counts": quality.referenceCounts,
            "cur_counts": quality.counts, "x2": test.statistic, "dof": test.dof,
            "p_x2": test.pValue,
        ]
        results["missing_share"] = quality.missingShare
        results["unseen_share"] = quality.unseenShare
        results["psi_jeffreys"] = PopulationStability.index(
            reference: quality.referenceCounts, current: quality.counts)
        if results["unseen_share"] == nil { results["error"] = "empty" }
        return results
    }

    private static func range(_ testCase: GoldenCase) -> Results {
        let quality = RangeQuality(
            reference: testCase.values("ref"), current: testCase.values("cur"))
        var results: Results = [
            "n": quality.count, "missing": quality.missingCount,
            "infinite": quality.infiniteCount, "below": quality.belowCount,
            "above": quality.aboveCount,
        ]
        results["missing_share"] = quality.missingShare
        results["ref_min"] = quality.referenceMinimum
        results["ref_max"] = quality.referenceMaximum
        results["out_of_range_share"] = quality.outOfRangeShare
        if quality.outOfRangeShare == nil { results["error"] = "empty" }
        return results
    }

    static func specialFunctions(_ testCase: GoldenCase) -> Results {
        let a = testCase.numbers("args")
        func tail(_ ln: Double) -> Results { ["value": exp(ln), "ln_value": ln] }
        switch testCase.input["function"] as? String {
        case "chi2_sf": return tail(ChiSquared.lnUpper(a[0], dof: a[1]))
        case "normal_sf":
            return ["value": Normal.upper(a[0]), "ln_value": Normal.lnUpper(a[0])]
        case "normal_quantile": return ["value": Normal.quantile(a[0])]
        case "student_t_sf": return tail(StudentT.lnUpper(a[0], dof: a[1]))
        case "kolmogorov_sf": return tail(KolmogorovLaw.lnUpper(a[0]))
        case "chi2_quantile_upper":
            return ["value": ChiSquared.upperQuantile(a[0], dof: a[1])]
        case "gamma_q": return tail(Gamma.lnUpper(a[0], a[1]))
        case "beta_inc":
            return [
                "value": Beta.lower(a[0], a[1], a[2]),
                "ln_value": log(Beta.lower(a[0], a[1], a[2])),
            ]
        case "ncchi2_sf":
            return tail(ChiSquared.lnUpper(a[0], dof: a[1], noncentrality: a[2]))
        case .some, .none: return [:]
        }
    }
}
