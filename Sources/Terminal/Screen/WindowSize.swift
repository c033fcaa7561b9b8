import CNcurses

extension Size {
    /// Of the terminal behind a file descriptor; nil where there is none, or it does not tell.
    package static func ofTerminal(_ descriptor: Int32) -> Size? {
        var columns: Int32 = 0
        var rows: Int32 = 0
        guard mlmon_window_size(descriptor, &columns, &rows) != 0, columns > 0, rows > 0 else {
            return nil
        }
        return Size(Int(columns), Int(rows))
    }
}
