import Glibc
import Synchronization
import Terminal

/// Reads snapshots on a thread of its own, so that the screen's thread never waits for the store.
///
/// Holds at most one request and one result: the newest of each.
final class BackgroundLoader: Sendable {
    typealias Load = @Sendable (LoadRequest) throws -> Snapshot

    enum Result: Sendable {
        case loaded(Snapshot)
        case failed(String)
    }

    private struct State {
        var request: LoadRequest
        var result: Result?
        var isStopped = false
        var hasEnded = false
    }

    private let load: Load
    private let refresh: Duration
    /// Of the screen: a result is there.
    private let screen: Wakeup
    private let own: Wakeup
    /// Of whoever stops the thread: it has ended.
    private let ended: Wakeup
    private let state: Mutex<State>
    private let thread: Mutex<pthread_t?>

    init(
        request: LoadRequest, refresh: Duration, screen: Wakeup, load: @escaping Load
    ) throws(TerminalError) {
        self.load = load
        self.refresh = refresh
        self.screen = screen
        own = try Wakeup()
        ended = try Wakeup()
        state = Mutex(State(request: request))
        thread = Mutex(nil)
    }

    func start() throws(TerminalError) {
        var id = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(&id, nil, runLoader, context)
        guard status == 0 else {
            Unmanaged<BackgroundLoader>.fromOpaque(context).release()
            throw TerminalError("starting the loader", String(cString: strerror(status)))
        }
        thread.withLock { $0 = id }
    }

    /// Reads this from now on, at once.
    func ask(for request: LoadRequest) {
        state.withLock { $0.request = request }
        own.wake()
    }

    /// The result since the last call, if there is one.
    func take() -> Result? {
        state.withLock { state in
            defer { state.result = nil }
            return state.result
        }
    }

    /// Ends the thread after what it reads just now; one that reads for longer than `patience` is
    /// left behind, and ends by itself. Idempotent.
    func stop(patience: Duration = .seconds(2)) {
        state.withLock { $0.isStopped = true }
        own.wake()
        let id = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        guard let id else { return }
        if !state.withLock(\.hasEnded) { ended.wait(within: patience) }
        if state.withLock(\.hasEnded) { pthread_join(id, nil) } else { pthread_detach(id) }
    }

    fileprivate func run() {
        defer {
            state.withLock { $0.hasEnded = true }
            ended.wake()
        }
        while true {
            let request = state.withLock { $0.isStopped ? nil : $0.request }
            guard let request else { return }
            let result: Result
            do {
                result = .loaded(try load(request))
            } catch {
                result = .failed("\(error)")
            }
            // A request that came meanwhile makes this result old at once, and is read next.
            let isCurrent = state.withLock { state in
                state.result = result
                return state.request == request
            }
            screen.wake()
            if isCurrent { own.wait(within: refresh) }
        }
    }
}

/// Not a closure: a literal in an isolated context would inherit the isolation and trap here.
private func runLoader(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<BackgroundLoader>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
