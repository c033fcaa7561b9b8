import TimeSeries

/// What was removed because the file was over its size limit.
package struct SizeCut: Sendable, Equatable, CustomStringConvertible {
    /// `store.max_size`.
    package let byteLimit: Int
    /// Blocks and roll-up rows.
    package internal(set) var rowCount = 0
    /// About how far it went, milliseconds since the epoch.
    package internal(set) var throughMilliseconds = Int64.min

    init(byteLimit: Int) {
        self.byteLimit = byteLimit
    }

    /// One line for people.
    package var description: String {
        let time = Timestamp(milliseconds: throughMilliseconds).iso8601(fractionDigits: 0)
        return "the store is over store.max_size (\(byteLimit) bytes); what was kept of the time "
            + "before about \(time) was removed to make room"
    }
}
