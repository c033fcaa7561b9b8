import Detection
import Storage
import TimeSeries

/// Measures the windows that predictions and labels have changed since the last time.
struct RealisedMeasurement {
    let store: Store
    let options: PerformanceOptions

    /// Measures until nothing is left to do, or the task is cancelled.
    ///
    /// - Returns: False where nothing had changed.
    func run() throws -> Bool {
        var hasChanged = false
        while !Task.isCancelled, try store.hasUnmeasured(), try step() { hasChanged = true }
        return hasChanged
    }

    /// As many windows as fit in one transaction.
    private func step() throws -> Bool {
        try store.measureChanged(length: options.window) { service, from, through, judged in
            windows(of: service, from: from, through: through, judged)
        }
    }

    private func windows(
        of service: String, from: Timestamp, through: Timestamp, _ judged: [JudgedPrediction]
    ) -> [RealisedWindow] {
        let byVersion = Dictionary(grouping: judged) {
            ModelVersion(service: service, model: $0.model, version: $0.version)
        }
        return byVersion.map { key, predictions in
            let outcomes = predictions.compactMap { prediction in
                prediction.label.map {
                    RealisedPerformance.Outcome(
                        prediction: prediction.prediction, score: prediction.score, label: $0)
                }
            }
            return RealisedWindow(
                service: service, model: key.model, version: key.version, from: from,
                through: through, predictionCount: predictions.count, labelCount: outcomes.count,
                metrics: RealisedPerformance(outcomes, options: options.service(service)).metrics)
        }
    }
}

extension RealisedPerformance {
    /// Those that are defined.
    fileprivate var metrics: [RealisedWindow.Metric: Double] {
        let all: [(RealisedWindow.Metric, Double?)] = [
            (.accuracy, accuracy), (.precision, precision), (.recall, recall), (.f1, f1),
            (.rocAuc, rocAuc), (.logLoss, logLoss), (.brierScore, brierScore),
            (.calibrationError, calibrationError), (.mae, meanAbsoluteError),
            (.rmse, rootMeanSquaredError),
        ]
        return all.reduce(into: [:]) { metrics, entry in
            if let value = entry.1, value.isFinite { metrics[entry.0] = value }
        }
    }
}
