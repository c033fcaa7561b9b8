import TimeSeries

/// Batches that wait for a commit, oldest first; bounded in samples.
struct SampleBuffer {
    private(set) var batches: [SampleBatch] = []
    private(set) var sampleCount = 0
    private(set) var droppedCount = 0
    let limit: Int

    /// - Parameter limit: In samples; 8 bytes each.
    init(limit: Int) {
        self.limit = limit
    }

    mutating func append(_ added: [SampleBatch]) {
        batches.append(contentsOf: added)
        sampleCount += added.reduce(0) { $0 + $1.values.count }
        dropOldest()
    }

    mutating func takeAll() -> [SampleBatch] {
        defer {
            batches = []
            sampleCount = 0
        }
        return batches
    }

    /// Puts back what could not be written, before what came in meanwhile.
    mutating func putBack(_ older: [SampleBatch]) {
        batches = older + batches
        sampleCount += older.reduce(0) { $0 + $1.values.count }
        dropOldest()
    }

    private mutating func dropOldest() {
        var end = 0
        while sampleCount > limit, end < batches.count {
            sampleCount -= batches[end].values.count
            droppedCount += batches[end].values.count
            end += 1
        }
        if end > 0 { batches.removeFirst(end) }
    }
}
