import Synchronization
import Terminal
import Testing
import TimeSeries

@testable import Dashboards

/// Plays keys once a first snapshot is on the screen, so that what they do can be seen.
private final class PatientScreen: Screen {
    let inner: TestScreen
    private var keys: [Input]
    private var isLoaded = false

    init(size: Size, keys: [Input]) throws {
        inner = try TestScreen(size: size)
        self.keys = keys.reversed()
    }

    var size: Size { inner.size }
    var traits: Canvas.Traits { inner.traits }
    var wakeup: Wakeup { inner.wakeup }
    var remark: String? { nil }
    func use(_ theme: Theme) { inner.use(theme) }
    func present(_ canvas: Canvas) {
        inner.present(canvas)
        isLoaded = inner.lines.joined().contains("ranker-eu")
    }
    func close() { inner.close() }

    func inputs(within timeout: Duration) -> [Input] {
        guard isLoaded else {
            wakeup.wait(within: .seconds(20))
            return [.wake]
        }
        return [keys.popLast() ?? .terminate(signal: 15)]
    }
}

@Suite("Dashboard loop")
struct DashboardLoopTests {
    private func loop(
        _ load: @escaping @Sendable (LoadRequest) throws -> Snapshot
    ) -> DashboardLoop {
        DashboardLoop(options: DashboardOptions(), now: { Fixture.now }, load: load)
    }

    @Test("a snapshot from the other thread reaches the screen, and q ends the loop")
    func quitting() throws {
        let screen = try PatientScreen(size: Size(100, 30), keys: [.key("j"), .key("q")])
        let ending = try loop { Fixture.snapshot($0) }.run(on: screen)
        #expect(ending == .quit)
        #expect(screen.inner.isClosed)
        #expect(screen.inner.lines.contains { $0.hasPrefix("▸▲ ranker-eu") })
    }

    @Test("the first picture is there before anything was read, whatever the store does")
    func neverWaiting() throws {
        let screen = try TestScreen(size: Size(80, 24), script: [.key("?"), .key("x"), .key("q")])
        let gate = Mutex(false)
        let loop = loop { request in
            gate.withLock { $0 = true }
            throw FilterError("the disk is gone")
        }
        #expect(try loop.run(on: screen) == .quit)
        #expect(screen.canvases.first?.lines.joined().contains("reading the store") == true)
        #expect(screen.canvases[1].lines.joined().contains("keys and signs"))
    }

    @Test("a signal ends the loop and is told")
    func signals() throws {
        let screen = try TestScreen(size: Size(80, 24), script: [.terminate(signal: 1)])
        #expect(try loop { Fixture.snapshot($0) }.run(on: screen) == .signal(1))
        #expect(screen.isClosed)
    }

    @Test("what is asked of the loader follows the page")
    func requests() throws {
        let asked = Mutex<[LoadRequest]>([])
        let screen = try PatientScreen(
            size: Size(100, 30), keys: [.key("j"), .key(.enter), .key("-"), .key("q")])
        _ = try loop { request in
            asked.withLock { $0.append(request) }
            return Fixture.snapshot(request)
        }.run(on: screen)
        #expect(asked.withLock { $0.first?.service } == nil)
        #expect(screen.inner.lines[0].contains("fleet › ranker-eu"))
        #expect(screen.inner.lines[0].contains("-1h → now"))
    }

    @Test("one page as text needs no terminal")
    func once() {
        for page in Page.allCases {
            let text = renderOnce(
                page: page, size: Size(100, 30), options: Fixture.options, now: Fixture.now
            ) { Fixture.snapshot($0) }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 31, "30 lines and what follows the last newline")
            #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
            #expect(text.contains(page == .service ? "› search-rerank" : "ranker-eu"))
        }
    }
}
