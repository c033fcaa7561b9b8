/// What labels say of the predictions of one window; nil where a metric is not defined.
package struct RealisedPerformance: Sendable, Equatable {
    /// A prediction and what turned out to be true.
    package struct Outcome: Sendable {
        /// nil where only a score is known.
        package var prediction: String?
        package var score: Double?
        package var label: String

        package init(prediction: String?, score: Double?, label: String) {
            self.prediction = prediction
            self.score = score
            self.label = label
        }
    }

    package private(set) var accuracy: Double?
    /// Of the positive class; of several classes the plain mean over them, as for the two below.
    package private(set) var precision: Double?
    package private(set) var recall: Double?
    package private(set) var f1: Double?
    package private(set) var rocAuc: Double?
    package private(set) var logLoss: Double?
    package private(set) var brierScore: Double?
    package private(set) var calibrationError: Double?
    package private(set) var meanAbsoluteError: Double?
    package private(set) var rootMeanSquaredError: Double?

    package init(_ outcomes: [Outcome], options: PerformanceOptions.Service) {
        if outcomes.isEmpty { return }
        if Self.isRegression(outcomes, options) {
            measureNumbers(outcomes)
        } else if let positive = Self.positiveClass(outcomes, options) {
            measureTwoClasses(outcomes, positive: positive, options)
        } else {
            measureClasses(outcomes)
        }
    }

    // MARK: Numbers

    private static func isRegression(
        _ outcomes: [Outcome], _ options: PerformanceOptions.Service
    ) -> Bool {
        switch options.task {
        case .regression: return true
        case .classification: return false
        case .automatic:
            var hasFraction = false
            for outcome in outcomes {
                guard let prediction = outcome.prediction.flatMap(Double.init),
                    let label = Double(outcome.label)
                else { return false }
                if prediction != prediction.rounded() || label != label.rounded() {
                    hasFraction = true
                }
            }
            return hasFraction
        }
    }

    private mutating func measureNumbers(_ outcomes: [Outcome]) {
        let pairs = outcomes.compactMap { outcome -> (Double, Double)? in
            guard let label = Double(outcome.label),
                let prediction = outcome.prediction.flatMap(Double.init) ?? outcome.score
            else { return nil }
            return (prediction, label)
        }
        let metrics = RegressionMetrics(predictions: pairs.map(\.0), truth: pairs.map(\.1))
        meanAbsoluteError = metrics?.meanAbsoluteError
        rootMeanSquaredError = metrics?.rootMeanSquaredError
    }

    // MARK: Classes

    /// Equal words, or numbers of one value; `true` and `false` are 1 and 0.
    private static func className(_ text: String) -> String {
        switch text.lowercased() {
        case "true": return "1"
        case "false": return "0"
        default: break
        }
        guard let number = Double(text), number == number.rounded(), abs(number) < 1e15 else {
            return text
        }
        return "\(Int64(number))"
    }

    /// nil where there are several classes and none is named positive.
    private static func positiveClass(
        _ outcomes: [Outcome], _ options: PerformanceOptions.Service
    ) -> String? {
        if let named = options.positiveClass { return className(named) }
        let isBinary = outcomes.allSatisfy { outcome in
            [outcome.label, outcome.prediction ?? "0"].allSatisfy {
                ["0", "1"].contains(className($0))
            }
        }
        return isBinary ? "1" : nil
    }

    private mutating func measureTwoClasses(
        _ outcomes: [Outcome], positive: String, _ options: PerformanceOptions.Service
    ) {
        var confusion = ConfusionMatrix()
        var (scores, labels): ([Double], [Bool]) = ([], [])
        for outcome in outcomes {
            let label = Self.className(outcome.label) == positive
            let scored = outcome.score.flatMap { (0...1).contains($0) ? $0 : nil }
            guard
                let predicted = outcome.prediction.map({ Self.className($0) == positive })
                    ?? outcome.score.map({ $0 >= options.threshold })
            else { continue }
            switch (predicted, label) {
            case (true, true): confusion.truePositive += 1
            case (true, false): confusion.falsePositive += 1
            case (false, true): confusion.falseNegative += 1
            case (false, false): confusion.trueNegative += 1
            }
            guard let scored else { continue }
            let isOfNegative = options.scores == .predicted && !predicted
            scores.append(isOfNegative ? 1 - scored : scored)
            labels.append(label)
        }
        guard confusion.total > 0 else { return }
        accuracy = confusion.accuracy
        precision = confusion.precision
        recall = confusion.recall
        f1 = confusion.f1
        guard let metrics = ClassificationMetrics(scores: scores, labels: labels) else { return }
        rocAuc = metrics.rocAuc
        logLoss = metrics.logLoss
        brierScore = metrics.brierScore
        calibrationError = metrics.calibrationError
    }

    /// Of several classes; a score is the chance of the predicted one.
    private mutating func measureClasses(_ outcomes: [Outcome]) {
        var hits: [String: Double] = [:]
        var predicted: [String: Double] = [:]
        var actual: [String: Double] = [:]
        var (scores, isRight): ([Double], [Bool]) = ([], [])
        for outcome in outcomes {
            guard let prediction = outcome.prediction.map(Self.className) else { continue }
            let label = Self.className(outcome.label)
            predicted[prediction, default: 0] += 1
            actual[label, default: 0] += 1
            if prediction == label { hits[label, default: 0] += 1 }
            guard let score = outcome.score, (0...1).contains(score) else { continue }
            scores.append(score)
            isRight.append(prediction == label)
        }
        let total = actual.values.reduce(0, +)
        guard total > 0 else { return }
        let classes = Set(predicted.keys).union(actual.keys).sorted()
        func mean(_ value: (String) -> Double) -> Double {
            classes.reduce(0) { $0 + value($1) } / Double(classes.count)
        }
        accuracy = hits.values.reduce(0, +) / total
        precision = mean { ConfusionMatrix.ratio(hits[$0] ?? 0, predicted[$0] ?? 0) }
        recall = mean { ConfusionMatrix.ratio(hits[$0] ?? 0, actual[$0] ?? 0) }
        f1 = mean {
            ConfusionMatrix.ratio(2 * (hits[$0] ?? 0), (predicted[$0] ?? 0) + (actual[$0] ?? 0))
        }
        let metrics = ClassificationMetrics(scores: scores, labels: isRight)
        brierScore = metrics?.brierScore
        calibrationError = metrics?.calibrationError
    }
}
