/// A screen in memory: plays given input and keeps what was drawn.
package final class TestScreen: Screen {
    package private(set) var size: Size
    package let traits: Canvas.Traits
    package let wakeup: Wakeup
    package let remark: String? = nil
    /// Every canvas presented, oldest first.
    package private(set) var canvases: [Canvas] = []
    package private(set) var theme: Theme = .mono
    package private(set) var isClosed = false
    private var script: [Input]

    /// - Parameter script: Given out one at a time; after the last the screen asks to end.
    package init(
        size: Size, script: [Input] = [], traits: Canvas.Traits = .init(hasFineColor: false)
    ) throws(TerminalError) {
        self.size = size
        self.traits = traits
        self.script = script.reversed()
        wakeup = try Wakeup()
    }

    package func use(_ theme: Theme) { self.theme = theme }

    package func present(_ canvas: Canvas) { canvases.append(canvas) }

    package func inputs(within timeout: Duration) -> [Input] {
        guard let input = script.popLast() else { return [.terminate(signal: 15)] }
        if case .resize(let newSize) = input { size = newSize }
        return [input]
    }

    package func close() { isClosed = true }

    /// The newest picture as lines without trailing spaces.
    package var lines: [String] { canvases.last?.lines ?? [] }
}
