import HTTP
import Synchronization
import TimeSeries

/// What is remembered about one target from scrape to scrape.
final class TargetSession: Sendable {
    struct Outcome: Sendable {
        let batches: [SampleBatch]
        let status: ScrapeResult.Status
        let catalog: PageCatalog?
    }

    /// No scrape took place, and nothing is to be written about it.
    enum Skipped: Error {
        case overlapping
        case cancelled
    }

    private let target: Target
    private let request: HTTPRequest
    private let shownURL: String
    private let client: HTTPClient
    private let presets: PresetLibrary
    private let seed: @Sendable (RequiredSeries) throws -> Scraper.Seed
    private let reader: PageReader
    private let reserved = ReservedNames()
    private let recorder: SignalRecorder
    private let report: ReportSeries
    private let recent: Mutex<RecentSeries>
    private let isRunning = Atomic(false)

    init(
        _ target: Target, client: HTTPClient, presets: PresetLibrary, version: String,
        quota: SeriesQuota,
        seed: @escaping @Sendable (RequiredSeries) throws -> Scraper.Seed
    ) {
        self.target = target
        self.client = client
        self.presets = presets
        self.seed = seed
        request = target.scrapeRequest(version: version)
        shownURL = HTTPRequest.redacted(target.url)
        reader = PageReader(targetLabels: target.labelSet)
        recorder = SignalRecorder(
            targetLabels: target.labelSet, presetName: target.preset, library: presets)
        report = ReportSeries(of: target)
        recent = Mutex(RecentSeries(quota: quota))
    }

    /// One scrape, failed ones included: those are an outcome with `up 0`.
    func scrape(at: Timestamp) async throws(Skipped) -> Outcome {
        guard !isRunning.exchange(true, ordering: .acquiring) else { throw .overlapping }
        defer { isRunning.store(false, ordering: .releasing) }
        let started = ContinuousClock.now
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await client.response(to: request)
        } catch {
            if error.kind == .cancelled || error.kind == .shutDown { throw .cancelled }
            return failed(
                .unanswered(error), at: at,
                durationSeconds: started.duration(to: .now) / .seconds(1))
        }
        do throws(ScrapeProblem) {
            if target.kind == .probe { return try probed(response, at: at) }
            return succeeded(try page(of: response, at: at), response, at: at)
        } catch {
            return failed(
                error, at: at, durationSeconds: response.durationSeconds, status: response.status)
        }
    }

    private func page(of response: HTTPResponse, at: Timestamp) throws(ScrapeProblem) -> ParsedPage
    {
        guard response.status == 200 else { throw .status(response) }
        let contentType = response.header("Content-Type")
        // An empty body has no format; read as OpenMetrics it would lack its end.
        let format: ExpositionFormat? =
            response.body.isEmpty ? .text : ExpositionFormat(contentType: contentType)
        guard let format else { throw .contentType(contentType ?? "") }
        do throws(ExpositionError) {
            return try reader.read(
                body: response.body, format: format, at: at, limits: target.limits
            ) { table throws(ExpositionError) in
                try recent.withLock { recent throws(ExpositionError) in
                    try recent.admit(table, at: at, limits: target.limits)
                }
            }
        } catch {
            let first = response.body.first { $0 > 0x20 }
            throw .unreadable(error, looksLikeMarkup: first == UInt8(ascii: "<"))
        }
    }

    private func succeeded(_ page: ParsedPage, _ response: HTTPResponse, at: Timestamp) -> Outcome {
        var remarks: [String] = []
        let signals = signals(of: page, &remarks)
        if page.sampleCount == 0 {
            remarks.append(
                ScrapeProblem.message(
                    emptyPageWithFamilies: !page.families.all.isEmpty, hint: hint))
        } else if let warning = ExpositionFormat.warning(
            contentType: response.header("Content-Type"))
        {
            remarks.append(warning)
        }
        remarks += page.warnings + recorder.warnings
        let values = ReportSeries.Values(
            isUp: true, durationSeconds: response.durationSeconds, sampleCount: page.sampleCount,
            storedCount: page.batch.values.count, addedCount: page.addedCount,
            bodyByteCount: response.body.count, status: response.status)
        return outcome(
            [reserved.resolve(page.batch)] + (page.vanished.map { [reserved.resolve($0)] } ?? []),
            values, signals, at: at,
            message: remarks.isEmpty ? nil : remarks.joined(separator: "; "),
            catalog: page.catalog)
    }

    /// Any answer below 500 says that the process lives.
    private func probed(
        _ response: HTTPResponse, at: Timestamp
    ) throws(ScrapeProblem) -> Outcome {
        guard response.status < 500 else { throw .status(response) }
        let values = ReportSeries.Values(
            isUp: true, durationSeconds: response.durationSeconds, status: response.status)
        return outcome([], values, [], at: at, message: nil)
    }

    private func failed(
        _ problem: ScrapeProblem, at: Timestamp, durationSeconds: Double, status: Int = 0
    ) -> Outcome {
        var values = ReportSeries.Values(durationSeconds: durationSeconds, status: status)
        if case .unanswered(let error) = problem, error.kind == .tooLarge {
            values.bodyByteCount = -1
        }
        let message = problem.message(
            hasCredentials: target.credentials != .none || !target.headers.isEmpty, hint: hint)
        return outcome(
            reader.missed(at: at).map { [reserved.resolve($0)] } ?? [], values,
            recorder.missed(at: at).map { [$0] } ?? [], at: at, message: message,
            limit: problem.limit)
    }

    private func signals(of page: ParsedPage, _ remarks: inout [String]) -> [SampleBatch] {
        if let required = recorder.requiredSeries(for: page) {
            do {
                let known = try seed(required)
                recorder.seed(raw: known.raw, outputs: known.outputs)
            } catch {
                // Counting from zero now would look like a restart of the service later.
                remarks.append("signals not recorded: the store could not be read")
                return []
            }
        }
        return recorder.record(page)
    }

    private var hint: String? {
        (recorder.preset ?? target.preset.flatMap { presets.preset(named: $0) })?.hint
    }

    private func outcome(
        _ page: [SampleBatch], _ values: ReportSeries.Values, _ signals: [SampleBatch],
        at: Timestamp, message: String?, limit: Target.Limits.Kind? = nil,
        catalog: PageCatalog? = nil
    ) -> Outcome {
        let batches = page + [report.batch(values, at: at)] + signals
        return Outcome(
            batches: batches.filter { !$0.values.isEmpty },
            status: ScrapeResult.Status(
                service: target.service, instance: target.instance, url: shownURL,
                preset: recorder.preset?.name ?? target.preset ?? "",
                isPresetRecognised: recorder.isPresetRecognised, interval: target.interval,
                isUp: values.isUp, at: at, durationSeconds: values.durationSeconds,
                sampleCount: values.sampleCount,
                message: message.map(ScrapeProblem.oneLine), limit: limit,
                bodyByteCount: values.bodyByteCount),
            catalog: catalog)
    }
}

extension ScrapeProblem {
    fileprivate static func status(_ response: HTTPResponse) -> ScrapeProblem {
        .status(
            response.status, body: String(decoding: response.body.prefix(512), as: UTF8.self))
    }
}
