import Querying
import TimeSeries

extension RecentSelection {
    /// The samples of a selection from before it was kept.
    struct History {
        /// Milliseconds; the samples of `since...through` are here, and what was written later
        /// with a time before that is not.
        let since: Int64
        private let through: Int64
        /// Ascending by labels.
        private let series: [Series]

        init(of answer: [Series], since: Int64, through: Int64) {
            self.since = since
            self.through = through
            series = answer.compactMap { $0.samples(from: since, through: through) }
        }

        var valueCount: Int { series.reduce(0) { $0 + $1.values.count } }

        /// These samples and those that were written since, in a range.
        ///
        /// - Parameter written: Ascending by labels.
        func followed(by written: [Series], from: Int64, through: Int64) -> [Series] {
            let end = min(self.through, through)
            let known = series.compactMap { $0.samples(from: from, through: end) }
            var result: [Series] = []
            result.reserveCapacity(max(known.count, written.count))
            var (i, j) = (0, 0)
            while i < known.count || j < written.count {
                if j == written.count || (i < known.count && known[i].labels < written[j].labels) {
                    result.append(known[i])
                    i += 1
                } else if i == known.count || written[j].labels < known[i].labels {
                    result.append(written[j])
                    j += 1
                } else {
                    result.append(known[i].merged(with: written[j]))
                    i += 1
                    j += 1
                }
            }
            return result
        }
    }
}

extension Series {
    /// The samples of both; of two at one time the first one's.
    func merged(with other: Series) -> Series {
        var times: [Int64] = []
        var merged: [Double] = []
        var (i, j) = (0, 0)
        while i < timestamps.count || j < other.timestamps.count {
            let isOwn =
                j == other.timestamps.count
                || (i < timestamps.count && timestamps[i] <= other.timestamps[j])
            if isOwn, j < other.timestamps.count, timestamps[i] == other.timestamps[j] { j += 1 }
            times.append(isOwn ? timestamps[i] : other.timestamps[j])
            merged.append(isOwn ? values[i] : other.values[j])
            if isOwn { i += 1 } else { j += 1 }
        }
        return Series(labels: labels, timestamps: times, values: merged)
    }
}
