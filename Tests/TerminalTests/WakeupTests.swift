import Testing

@testable import Terminal

@Suite("Wakeup and test screen")
struct WakeupTests {
    @Test("a wake that came before the wait ends it, and many are one")
    func early() throws {
        let wakeup = try Wakeup()
        for _ in 0..<10 { wakeup.wake() }
        wakeup.wait(within: .seconds(60))
        #expect(wakeup.drain().isEmpty)
    }

    @Test("a pipe that nobody empties does not block who wakes")
    func full() throws {
        let wakeup = try Wakeup()
        for _ in 0..<200_000 { wakeup.wake() }
        #expect(!wakeup.drain().isEmpty)
    }

    @Test("the test screen plays its script and then asks to end")
    func script() throws {
        let screen = try TestScreen(size: Size(10, 2), script: [.key("q"), .resize(Size(5, 1))])
        #expect(screen.inputs(within: .zero) == [.key("q")])
        #expect(screen.inputs(within: .zero) == [.resize(Size(5, 1))])
        #expect(screen.size == Size(5, 1))
        #expect(screen.inputs(within: .zero) == [.terminate(signal: 15)])
    }

    @Test("keys are named as people name them")
    func names() {
        #expect(Key.character(" ").description == "␣")
        #expect(Key.control("d").description == "^D")
        #expect(Key.pageUp.description == "PgUp")
    }
}
