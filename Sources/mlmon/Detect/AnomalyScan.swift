import Detection
import TimeSeries

/// Runs the anomaly detector over recorded series, point by point, as it would have run live.
///
/// While some rows are judged, the next ones are read and those before are written, so that two
/// processors have work and three pieces of some thousand rows are in memory, whatever is read.
struct AnomalyScan {
    static let header = "timestamp,value,anomaly_score,lower,upper,alarm\n"

    let options: AnomalyOptions

    /// Writes a row for each row of the series, one series after the other.
    ///
    /// - Parameters:
    ///   - isNamed: The name of its series is put before each row as a first cell.
    ///   - progress: Told the share of the files that was read, now and then.
    /// - Throws: After the rows before a mistake were written.
    func run(
        _ series: [SeriesFiles.Entry], isNamed: Bool, into output: VerdictWriter,
        progress: @Sendable (Double) -> Void
    ) async throws {
        let reader = SeriesReader(paths: series.map(\.path))
        let judge = SeriesJudge(options: options)
        let prefixes = series.map { entry in
            isNamed ? Array((CSVCell.encode(entry.relativePath) + ",").utf8) : []
        }
        var read = try await reader.next()
        var judged: JudgedRows?
        var mistake: (any Error)?
        while read != nil || judged != nil {
            let (rows, verdicts) = (read, judged)
            async let following = rows == nil ? nil : reader.next()
            async let written: Void = output.write(verdicts, prefixes)
            judged = await judge.judge(rows)
            try await written
            do {
                read = try await following
            } catch {
                (read, mistake) = (nil, error)
            }
            progress(await reader.progress)
        }
        try await output.flush()
        if let mistake { throw mistake }
    }
}

/// Rows with what the detector says of each.
struct JudgedRows: Sendable {
    fileprivate let rows: SeriesRows
    fileprivate var scores: [Double] = []
    /// NaN where nothing is expected.
    fileprivate var lower: [Double] = []
    fileprivate var upper: [Double] = []
    fileprivate var isAlarm: [Bool] = []

    fileprivate init(_ rows: SeriesRows, by detector: inout AnomalyDetector) {
        self.rows = rows
        scores.reserveCapacity(rows.count)
        lower.reserveCapacity(rows.count)
        upper.reserveCapacity(rows.count)
        isAlarm.reserveCapacity(rows.count)
        for (time, value) in zip(rows.times, rows.values) {
            let verdict = detector.observe(value, at: time)
            scores.append(verdict.score)
            lower.append(verdict.lower ?? .nan)
            upper.append(verdict.upper ?? .nan)
            isAlarm.append(verdict.isAlarm)
        }
    }
}

/// Owns the detector of the series whose rows come.
private actor SeriesJudge {
    private let options: AnomalyOptions
    private var detector: AnomalyDetector
    private var seriesIndex = 0

    init(options: AnomalyOptions) {
        self.options = options
        detector = AnomalyDetector(options: options)
    }

    func judge(_ rows: SeriesRows?) -> JudgedRows? {
        guard let rows else { return nil }
        if rows.seriesIndex != seriesIndex {
            seriesIndex = rows.seriesIndex
            detector = AnomalyDetector(options: options)
        }
        return JudgedRows(rows, by: &detector)
    }
}

/// Owns the file that judged rows are written to.
actor VerdictWriter {
    private let output: OutputFile

    /// - Parameters:
    ///   - path: As `OutputFile` takes it.
    ///   - header: Its first line.
    init(path: String?, header: String) throws {
        output = try OutputFile(path: path)
        try output.write(header)
    }

    /// - Parameter prefixes: What is put before the rows of each series.
    func write(_ judged: JudgedRows?, _ prefixes: [[UInt8]]) throws {
        guard let judged else { return }
        try output.write(block: judged.text(prefix: prefixes[judged.rows.seriesIndex]))
    }

    func flush() throws { try output.flush() }
}

extension JudgedRows {
    fileprivate func text(prefix: [UInt8]) -> [UInt8] {
        let rowByteCount = prefix.count + 3 * PrintedNumber.maximumByteCount + 8
        let capacity = rows.text.count + rows.count * rowByteCount
        return [UInt8](unsafeUninitializedCapacity: capacity) { bytes, count in
            guard let base = bytes.baseAddress else { return }
            var place = base
            var start = 0
            for i in 0..<rows.count {
                place = Self.copy(prefix[...], to: place)
                place = Self.copy(rows.text[start..<rows.textEnds[i]], to: place)
                start = rows.textEnds[i]
                place = Self.write(scores[i], to: place)
                place = Self.write(lower[i], to: place)
                place = Self.write(upper[i], to: place)
                place[0] = 0x2C
                place[1] = isAlarm[i] ? 0x31 : 0x30
                place[2] = 0x0A
                place += 3
            }
            count = place - base
        }
    }

    /// A comma, and the number where it is one.
    private static func write(
        _ number: Double, to place: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        place[0] = 0x2C
        return place + 1 + (number.isNaN ? 0 : PrintedNumber.write(number, to: place + 1))
    }

    private static func copy(
        _ bytes: ArraySlice<UInt8>, to place: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        bytes.withUnsafeBufferPointer { bytes in
            if let base = bytes.baseAddress { place.update(from: base, count: bytes.count) }
        }
        return place + bytes.count
    }
}
