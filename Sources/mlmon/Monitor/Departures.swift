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
        try store.removeTargets(
            except: targets.map { ($0.service, $0.instance) }, endingSeriesAt: now,
            heardSince: now - Self.recent,
            // The rules end the series of their alerts themselves.
            sparing: "ALERTS")
    }
}
