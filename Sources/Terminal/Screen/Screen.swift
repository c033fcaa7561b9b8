/// Where canvases are shown and where input comes from. Owned by one thread.
package protocol Screen: AnyObject {
    var size: Size { get }
    var traits: Canvas.Traits { get }
    /// Lets any thread end a wait in `inputs(within:)`.
    var wakeup: Wakeup { get }
    /// Something the person should know about the terminal, such as a missing description of it.
    var remark: String? { get }

    func use(_ theme: Theme)
    func present(_ canvas: Canvas)
    /// What came in, at least one; waits no longer than `timeout`.
    func inputs(within timeout: Duration) -> [Input]
    /// Gives the terminal back. Idempotent.
    func close()
}
