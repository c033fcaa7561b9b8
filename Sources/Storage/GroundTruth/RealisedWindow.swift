import TimeSeries

/// How right a model version was in a window of prediction time, by the labels that have arrived.
package struct RealisedWindow: Sendable, Equatable {
    /// What labels measure; the raw values follow `mlmon_realised_` in the names of series.
    package enum Metric: String, CaseIterable, Sendable {
        case accuracy, precision, recall, f1
        case rocAuc = "roc_auc"
        case logLoss = "log_loss"
        case brierScore = "brier_score"
        case calibrationError = "calibration_error"
        case mae, rmse
    }

    package var service: String
    package var model: String
    package var version: String
    package var from: Timestamp
    /// Exclusive.
    package var through: Timestamp
    package var predictionCount: Int
    package var labelCount: Int
    package var metrics: [Metric: Double]

    /// Share of the predictions that have labels, in 0...1.
    package var coverage: Double {
        predictionCount > 0 ? Double(labelCount) / Double(predictionCount) : 0
    }

    package init(
        service: String, model: String, version: String, from: Timestamp, through: Timestamp,
        predictionCount: Int, labelCount: Int, metrics: [Metric: Double]
    ) {
        self.service = service
        self.model = model
        self.version = version
        self.from = from
        self.through = through
        self.predictionCount = predictionCount
        self.labelCount = labelCount
        self.metrics = metrics
    }
}
