/// Binary outcomes, counted or expected, and the metrics made of them; 0/0 is 0.
package struct ConfusionMatrix: Codable, Sendable, Equatable {
    package var truePositive = 0.0
    package var falsePositive = 0.0
    package var falseNegative = 0.0
    package var trueNegative = 0.0

    package init() {}

    package var total: Double { truePositive + falsePositive + falseNegative + trueNegative }
    package var accuracy: Double { Self.ratio(truePositive + trueNegative, total) }
    package var precision: Double { Self.ratio(truePositive, truePositive + falsePositive) }
    package var recall: Double { Self.ratio(truePositive, truePositive + falseNegative) }
    package var specificity: Double { Self.ratio(trueNegative, trueNegative + falsePositive) }
    package var f1: Double {
        Self.ratio(truePositive, truePositive + (falsePositive + falseNegative) / 2)
    }

    /// Matthews's correlation coefficient, in −1...1.
    package var matthewsCorrelation: Double {
        let margins = [
            truePositive + falsePositive, truePositive + falseNegative,
            trueNegative + falsePositive, trueNegative + falseNegative,
        ]
        let scale = margins.reduce(1) { $0 * $1.squareRoot() }
        return Self.ratio(truePositive * trueNegative - falsePositive * falseNegative, scale)
    }

    static func ratio(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
}
