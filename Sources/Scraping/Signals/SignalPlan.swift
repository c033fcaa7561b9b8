import TimeSeries

/// How the numbers of one page become signal series: indices only, made once for each table.
struct SignalPlan {
    /// One number of the page that is counted.
    struct Counter {
        let rawIndex: UInt32
        /// Where in `ParsedPage.created` the time of its last reset stands; nil where nowhere.
        let createdIndex: UInt32?
        /// Where in `shares` what it adds to ends; it begins where that of the counter before does.
        let shareEnd: UInt32
    }

    /// A part of a counter's increase that goes to one output.
    struct Share {
        let output: UInt32
        /// An index into `scales`.
        let scale: UInt32
    }

    /// One number of the page that is shown as it is.
    struct Gauge {
        let rawIndex: Int
        let output: Int
        let scale: SignalScale
    }

    /// How an output is made.
    enum Kind {
        case counter
        case gauge(SignalFold)
        /// The increase of a counter of seconds in each second.
        case rate(SignalFold)
    }

    let table: SeriesTable
    let preset: Preset
    var counters: [Counter] = []
    var shares: [Share] = []
    /// Each once.
    var scales: [SignalScale] = []
    /// By output.
    var gauges: [Gauge] = []
    /// Of each output.
    var kinds: [Kind] = []
    /// Index of the process' start time on the page.
    var startTimeIndex: Int?
    var warnings: [String] = []

    init(table: SeriesTable, preset: Preset) {
        self.table = table
        self.preset = preset
    }
}

/// A new plan, with what is needed once: to take it over from the one before.
struct SignalProposal {
    var plan: SignalPlan
    /// Of each output.
    var labels: [LabelSet] = []
    /// Where an output stands, by its labels.
    var indices: [LabelSet: Int] = [:]
    /// Labels without `le` of each histogram that the plan has buckets of: buckets with other
    /// bounds have no place beside them.
    var bucketGroups: Set<LabelSet> = []

    /// - Precondition: The labels are new.
    mutating func append(_ labels: LabelSet, _ kind: SignalPlan.Kind) {
        indices[labels] = self.labels.count
        self.labels.append(labels)
        plan.kinds.append(kind)
    }
}
