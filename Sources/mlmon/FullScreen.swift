import Configuring
import Dashboards
import Logging
import Querying
import Storage

/// The screen on the main thread, with a collector beside it or without.
struct FullScreen {
    /// nil only looks.
    let configuration: MonitorConfiguration?
    let store: Store
    let options: DashboardOptions

    /// Returns when the user quits, or TERM, HUP or INT ended the screen.
    func run() throws {
        guard Program.isStandardOutputATerminal else {
            throw CommandFailure(
                "standard output is no terminal; 'mlmon --once' prints a page as text, "
                    + "'mlmon run' collects without a screen")
        }
        let monitor = try configuration.map {
            try Monitor(
                $0, store: store,
                logger: Logger(label: "mlmon") { StreamLogHandler.standardError(label: $0) },
                handlesSignals: false)
        }
        let collecting = monitor.map { monitor in
            Task.detached { try await monitor.run() }
        }
        let screen = Result {
            try DashboardLoop(
                store: store, engine: QueryEngine(), options: options, now: { Program.now() }
            ).run()
        }
        if let monitor, let collecting {
            try Concurrently.wait {
                await monitor.stop()
                try await collecting.value
            }
        }
        do {
            _ = try screen.get()
        } catch {
            throw CommandFailure("\(error)")
        }
    }
}
