import TimeSeries

/// How the numbers of one page become signal series: indices only, made once for each table.
struct SignalPlan {
    /// One number of the page that is counted, and what it adds to.
    struct Counter {
        let rawIndex: Int
        /// Where in `ParsedPage.created` the time of its last reset stands.
        var createdIndex: Int?
        /// Among the plan's shares.
        var shares: Range<Int>
    }

    /// A part of a counter's increase that goes to one output.
    struct Share {
        let output: Int
        let scale: SignalScale
    }

    /// One number of the page that is shown as it is.
    struct Gauge {
        let rawIndex: Int
        let output: Int
        let scale: SignalScale
    }

    /// A series that the plan writes.
    struct Output {
        enum Kind {
            case counter
            case gauge(SignalFold)
            /// The increase of a counter of seconds in each second.
            case rate(SignalFold)
        }

        let labels: LabelSet
        let kind: Kind
    }

    let table: SeriesTable
    let preset: Preset
    var counters: [Counter] = []
    /// Of all counters, one after the other: a list of each would be an object to count references
    /// of for each number of a page.
    var shares: [Share] = []
    var gauges: [Gauge] = []
    var outputs: [Output] = []
    /// Index of the process' start time on the page.
    var startTimeIndex: Int?
    var warnings: [String] = []

    /// Where an output stands, by its labels.
    var outputIndices: [LabelSet: Int] = [:]
    /// Labels without `le` of each histogram that the plan has buckets of: buckets with other
    /// bounds have no place beside them.
    var bucketGroups: Set<LabelSet> = []

    init(table: SeriesTable, preset: Preset) {
        self.table = table
        self.preset = preset
    }
}
