import Querying
import Scraping
import Storage
import TimeSeries

/// Takes leave of targets that are no longer configured.
struct Departures {
    /// Series without a sample in this time are over by themselves.
    private static let recent = Duration.seconds(3600)

    let store: Store

    /// Ends the series of departed targets with stale markers, so that nothing is alerted about
    /// them any more, and removes them from the list.
    func settle(_ targets: [Target], at now: Timestamp) throws {
        let departed = try store.targets().filter { status in
            !targets.contains {
                $0.service == status.service && $0.instance == status.instance
            }
        }
        guard !departed.isEmpty else { return }
        var ended: Set<LabelSet> = []
        for status in departed {
            let isServiceGone = !targets.contains { $0.service == status.service }
            var matchers = [try LabelMatcher(name: "service", .equal, value: status.service)]
            if !isServiceGone {
                matchers.append(try LabelMatcher(name: "instance", .equal, value: status.instance))
            }
            let series = try store.series(
                matching: matchers, from: now - Self.recent, through: now)
            // The rules end the series of their alerts themselves.
            ended.formUnion(series.map(\.labels).filter { $0.metricName != "ALERTS" })
        }
        if !ended.isEmpty {
            store.append([SampleBatch(at: now, ended.sorted().map { ($0, .staleMarker) })])
            try store.commit()
        }
        try store.removeTargets(except: targets.map { ($0.service, $0.instance) })
    }
}
