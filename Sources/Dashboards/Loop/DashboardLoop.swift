import Terminal
import TimeSeries

/// Runs the dashboards on the calling thread until the person quits or a signal ends it.
///
/// The thread sleeps in poll(2): a key, a signal, a snapshot or the next second of the clock wake
/// it. Everything read from the store is read elsewhere.
package final class DashboardLoop {
    package enum Ending: Equatable, Sendable {
        case quit
        case signal(Int32)
    }

    private let options: DashboardOptions
    private let now: @Sendable () -> Timestamp
    private let load: @Sendable (LoadRequest) throws -> Snapshot

    /// - Parameters:
    ///   - now: The clock.
    ///   - load: Reads a snapshot; called on another thread, one call at a time.
    package init(
        options: DashboardOptions, now: @escaping @Sendable () -> Timestamp,
        load: @escaping @Sendable (LoadRequest) throws -> Snapshot
    ) {
        self.options = options
        self.now = now
        self.load = load
    }

    /// Takes the terminal, and gives it back before it returns or throws.
    @discardableResult
    package func run() throws(TerminalError) -> Ending {
        let screen = try NcursesScreen(
            NcursesScreen.Options(
                theme: options.theme, isASCII: options.ascii, environment: options.environment))
        defer { screen.close() }
        return try run(on: screen)
    }

    package func run(on screen: some Screen) throws(TerminalError) -> Ending {
        var state = DashboardState(options: options, size: screen.size, now: now())
        state.remark = screen.remark
        screen.present(Frame(state, traits: screen.traits).canvas)
        let loader = try BackgroundLoader(
            request: state.request, refresh: options.refresh, screen: screen.wakeup, load: load)
        try loader.start()
        let ending = turn(&state, screen, loader)
        // The shell is back before a long read has ended.
        screen.close()
        loader.stop()
        return ending
    }

    private func turn(
        _ state: inout DashboardState, _ screen: some Screen, _ loader: BackgroundLoader
    ) -> Ending {
        var asked = state.request
        while true {
            for input in screen.inputs(within: untilNextSecond()) {
                var effects: [Effect] = []
                switch input {
                case .key(let key): effects = state.apply(.key(key))
                case .paste(let text): effects = state.apply(.paste(text))
                case .resize(let size): effects = state.apply(.resize(size))
                case .wake:
                    switch loader.take() {
                    case .loaded(let snapshot): effects = state.apply(.loaded(snapshot))
                    case .failed(let message): effects = state.apply(.failed(message))
                    case nil: break
                    }
                case .terminate(let signal): return .signal(signal)
                case .timeout: break
                }
                for effect in effects {
                    switch effect {
                    case .quit: return .quit
                    case .useTheme(let name): if let theme = Theme.named(name) { screen.use(theme) }
                    case .load: loader.ask(for: state.request)
                    }
                }
            }
            // A snapshot may have chosen the selection, and with it what is needed next.
            if state.request != asked {
                asked = state.request
                loader.ask(for: asked)
            }
            _ = state.apply(.tick(now()))
            screen.present(Frame(state, traits: screen.traits).canvas)
        }
    }

    private func untilNextSecond() -> Duration {
        .milliseconds(1000 - now().milliseconds % 1000)
    }
}
