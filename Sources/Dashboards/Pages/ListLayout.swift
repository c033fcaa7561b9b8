import Terminal

/// A list of rows above what is known of the selected one.
struct ListLayout {
    private(set) var list: Rect
    private(set) var detail: Rect
    /// The row of the list shown first.
    private(set) var firstRow: Int

    /// - Parameters:
    ///   - heading: Rows above the list's own.
    ///   - wanted: Rows that the detail would like.
    init(rows: Int, selected: Int, heading: Int, wanted: Int, in body: Rect) {
        var rest = body
        if body.width >= Layout.threePanes {
            detail = rest.takeRight(body.width * 42 / 100)
        } else if body.height >= 12 {
            // Right below the list, with all the room that it leaves.
            let spare = body.height - heading - rows - 1
            detail = rest.takeBottom(max(min(wanted, body.height / 2), spare))
        } else {
            detail = Rect(0, 0, 0, 0)
        }
        list = rest
        let visible = max(1, list.height - heading)
        firstRow = max(0, min(selected - visible / 2, rows - visible))
    }
}
