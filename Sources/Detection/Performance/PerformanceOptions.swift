/// How the performance of models is estimated and measured.
package struct PerformanceOptions: Sendable, Equatable {
    /// What a service's scores are chances of.
    package enum Scores: String, Sendable, CaseIterable {
        /// Of the predicted class where the service counts more than two classes and the scores
        /// allow it, else of the positive class.
        case automatic = "auto"
        /// Of the positive class of two.
        case positive
        /// Of the class that was predicted.
        case predicted
    }

    /// What a service's predictions are.
    package enum Task: String, Sendable, CaseIterable {
        /// Numbers where predictions and labels are numbers and some have a fraction, else classes.
        case automatic = "auto"
        case classification
        case regression
    }

    /// What may differ from service to service.
    package struct Service: Sendable, Equatable {
        package var scores = Scores.automatic
        package var task = Task.automatic
        /// The class that precision, recall and scores are about; nil is `1` or `true`.
        package var positiveClass: String?
        /// A score of this or more is a positive prediction.
        package var threshold = 0.5
        /// CSV file of labelled scores, `score,label`; nil takes scores as calibrated.
        package var calibrationPath: String?

        package init() {}
    }

    /// Length of a window.
    package var window = Duration.seconds(300)
    /// Fewer observations in a window than this are not judged.
    package var minimumCount = 100
    package var defaults = Service()
    /// By name; those not named here have the defaults.
    package var services: [String: Service] = [:]

    package init() {}

    package func service(_ name: String) -> Service { services[name] ?? defaults }
}
