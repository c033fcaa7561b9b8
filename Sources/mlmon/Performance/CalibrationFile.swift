import Detection

/// Labelled scores that say which chance each score stands for.
enum CalibrationFile {
    /// Fits the calibration of each file that the options name.
    ///
    /// - Returns: By path.
    /// - Throws: `CommandFailure` with file and line where one is no list of labelled scores.
    static func load(_ options: PerformanceOptions) throws -> [String: IsotonicCalibration] {
        let services = [options.defaults] + Array(options.services.values)
        return try services.compactMap(\.calibrationPath).reduce(into: [:]) { fitted, path in
            if fitted[path] == nil { fitted[path] = try calibration(from: path) }
        }
    }

    private static func calibration(from path: String) throws -> IsotonicCalibration {
        let reader = try CSVReader(path: path)
        let columns = try reader.header(needed: ["score", "label"], optional: [])
        guard let scoreColumn = columns["score"], let labelColumn = columns["label"] else {
            throw CommandFailure("\(path): expected the columns score, label")
        }
        var (scores, labels): ([Double], [Double]) = ([], [])
        while try reader.next() {
            guard let score = reader.number(scoreColumn), (0...1).contains(score) else {
                throw reader.failure(
                    "the score is \(reader.quoted(scoreColumn))", expected: "a number from 0 to 1")
            }
            guard let label = reader.number(labelColumn), label == 0 || label == 1 else {
                throw reader.failure(
                    "the label is \(reader.quoted(labelColumn))", expected: "0 or 1")
            }
            scores.append(score)
            labels.append(label)
        }
        guard scores.count >= 2,
            let calibration = IsotonicCalibration(scores: scores, labels: labels)
        else { throw CommandFailure("\(path): there are no labelled scores, expected at least 2") }
        return calibration
    }
}
