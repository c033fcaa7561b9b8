import TimeSeries

/// One prediction of a service, as its log tells it.
package struct PredictionRecord: Sendable, Equatable {
    /// Of the request; unique within the service.
    package var id: String
    package var service: String
    package var at: Timestamp
    package var model: String
    package var version: String
    /// A class, or a number; nil where only a score is told.
    package var prediction: String?
    /// Of the positive or the predicted class.
    package var score: Double?

    package init(
        id: String, service: String, at: Timestamp, model: String = "", version: String = "",
        prediction: String?, score: Double?
    ) {
        self.id = id
        self.service = service
        self.at = at
        self.model = model
        self.version = version
        self.prediction = prediction
        self.score = score
    }
}

/// What turned out to be true of one request.
package struct LabelRecord: Sendable, Equatable {
    package var id: String
    /// Empty holds for every service that made a prediction of this identifier.
    package var service: String
    /// When the label was found or told; of two labels the later one counts.
    package var at: Timestamp
    package var label: String

    package init(id: String, service: String, at: Timestamp, label: String) {
        self.id = id
        self.service = service
        self.at = at
        self.label = label
    }
}

/// What became of records that were handed in.
package struct GroundTruthCount: Sendable, Equatable {
    package var added = 0
    /// Known already, and the same.
    package var unchanged = 0
    /// Known otherwise, and replaced.
    package var changed = 0
    /// Known otherwise from a later time, and left out.
    package var outdated = 0

    package init() {}

    package static func += (a: inout GroundTruthCount, b: GroundTruthCount) {
        a.added += b.added
        a.unchanged += b.unchanged
        a.changed += b.changed
        a.outdated += b.outdated
    }
}

/// A prediction and its label, where one has arrived.
package struct JudgedPrediction: Sendable, Equatable {
    package var model: String
    package var version: String
    package var prediction: String?
    package var score: Double?
    package var label: String?

    package init(
        model: String = "", version: String = "", prediction: String?, score: Double?,
        label: String?
    ) {
        self.model = model
        self.version = version
        self.prediction = prediction
        self.score = score
        self.label = label
    }
}
