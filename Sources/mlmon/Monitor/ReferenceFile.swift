import Detection
import Storage
import TimeSeries

/// A reference that a user keeps in a CSV file: values, one a row in a column `value`, or counts,
/// in columns `bin` and `count`.
///
/// A bin is a class, or the upper bound of a score bucket.
struct ReferenceFile: Sendable {
    private enum Content: Sendable {
        case values([Double], texts: [String: Double])
        case counts([String: Double])
    }

    private let content: Content
    let path: String

    /// - Throws: `CommandFailure` at the line that is wrong.
    init(path: String) throws {
        self.path = path
        let reader = try CSVReader(path: path)
        let columns = try reader.header(needed: [], optional: ["value", "bin", "count"])
        if let bin = columns["bin"], let count = columns["count"] {
            content = .counts(try Self.counts(reader, bin: bin, count: count))
        } else if let value = columns["value"] {
            content = try Self.values(reader, column: value)
        } else {
            throw reader.failure(
                "the reference has neither a column 'value' nor the columns 'bin' and 'count'",
                expected: "one of the two")
        }
    }

    private static func counts(
        _ reader: CSVReader, bin: Int, count: Int
    ) throws -> [String: Double] {
        var counts: [String: Double] = [:]
        while try reader.next() {
            guard let number = reader.number(count), number >= 0, number <= 1e15 else {
                throw reader.failure(
                    "the count is \(reader.quoted(count))", expected: "a number from 0 on")
            }
            counts[reader.text(bin), default: 0] += number
        }
        guard counts.values.contains(where: { $0 > 0 }) else {
            throw reader.failure("the file counts nothing", expected: "a row for each bin")
        }
        return counts
    }

    private static func values(_ reader: CSVReader, column: Int) throws -> Content {
        var numbers: [Double] = []
        var texts: [String: Double] = [:]
        while try reader.next() {
            guard !reader.isMissing(column) else { continue }
            texts[reader.text(column), default: 0] += 1
            if let number = reader.number(column) { numbers.append(number) }
        }
        guard !texts.isEmpty else {
            throw reader.failure("the file has no values", expected: "a row for each value")
        }
        return .values(numbers, texts: texts)
    }

    /// The reference of a distribution.
    ///
    /// - Parameter bins: Those that it has now; scores are counted in their buckets.
    func baseline(_ key: DistributionKey, bins: [String], now: Timestamp) -> BaselineRecord {
        let counts = self.counts(key.feature, bins: bins)
        let names = DistributionReader.sortedBins(counts.keys, of: key.feature)
        return BaselineRecord(
            service: key.service, model: key.model, version: key.version,
            feature: key.feature.rawValue, origin: .file, createdMilliseconds: now.milliseconds,
            fromMilliseconds: now.milliseconds, throughMilliseconds: now.milliseconds,
            bins: names, counts: names.map { counts[$0] ?? 0 })
    }

    private func counts(
        _ feature: DistributionKey.Feature, bins: [String]
    ) -> [String: Double] {
        switch (content, feature) {
        case (.counts(let counts), .prediction), (.values(_, let counts), .prediction):
            return counts
        case (.counts(let counts), .score):
            // 0.5 and 0.50 are one bound.
            let names = Dictionary(
                bins.map { (DistributionReader.bound($0), $0) }, uniquingKeysWith: { a, _ in a })
            let named = counts.map { (names[DistributionReader.bound($0.key)] ?? $0.key, $0.value) }
            let none = bins.map { ($0, 0.0) }
            return Dictionary(named + none, uniquingKeysWith: +)
        case (.values(let numbers, _), .score):
            let bounds = bins.map { ($0, DistributionReader.bound($0)) }
            var result = Dictionary(bins.map { ($0, 0.0) }, uniquingKeysWith: +)
            for number in numbers {
                guard let bin = bounds.first(where: { number <= $0.1 })?.0 else { continue }
                result[bin, default: 0] += 1
            }
            return result
        }
    }
}

extension DriftOptions {
    /// Every reference file that the options name, read.
    ///
    /// - Throws: `CommandFailure` at the first mistake.
    func referenceFiles() throws -> [String: ReferenceFile] {
        var files: [String: ReferenceFile] = [:]
        for rule in references {
            guard case .file(let path) = rule.source, files[path] == nil else { continue }
            files[path] = try ReferenceFile(path: path)
        }
        return files
    }
}
