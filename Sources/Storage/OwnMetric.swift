/// One thing that mlmon counts or measures of itself.
package struct OwnMetric: Sendable {
    package enum Kind: Sendable {
        case gauge
        /// Its name ends in `_total` where it is stored.
        case counter
    }

    /// Without `_total`.
    package let name: String
    package let kind: Kind
    package let help: String
    package var samples: [(labels: [String: String], value: Double)]

    package init(
        _ kind: Kind, _ name: String, _ help: String,
        _ samples: [(labels: [String: String], value: Double)]
    ) {
        self.kind = kind
        self.name = name
        self.help = help
        self.samples = samples
    }

    package init(_ kind: Kind, _ name: String, _ help: String, _ value: Double) {
        self.init(kind, name, help, [([:], value)])
    }

    /// The name of its series.
    package var seriesName: String { kind == .counter ? name + "_total" : name }
}

extension StoreStatistics {
    /// What the store says of itself, as series and on the page of the API.
    package var metrics: [OwnMetric] {
        func gauge(_ name: String, _ help: String, _ value: Double) -> OwnMetric {
            OwnMetric(.gauge, "mlmon_store_" + name, help, value)
        }
        func counter(_ name: String, _ help: String, _ value: Double) -> OwnMetric {
            OwnMetric(.counter, "mlmon_store_" + name, help, value)
        }
        return [
            gauge("series", "Series that the store keeps.", Double(seriesCount)),
            gauge("journal_rows", "Scrapes that wait to be folded.", Double(journalRowCount)),
            gauge("blocks", "Compressed blocks.", Double(blockCount)),
            gauge("file_bytes", "Size of the database file.", Double(fileByteCount)),
            gauge("wal_bytes", "Size of the write-ahead log.", Double(walByteCount)),
            gauge("buffered_samples", "Samples not yet committed.", Double(bufferedSampleCount)),
            gauge(
                "compaction_lag_seconds", "Age of the oldest scrape that is not folded.",
                compactionLagSeconds),
            gauge(
                "rollup_lag_seconds", "How far the roll-ups are behind the newest sample.",
                rollupLagSeconds),
            gauge("last_commit_seconds", "Duration of the last commit.", lastCommitSeconds),
            gauge("failing", "1 while commits fail.", isFailing ? 1 : 0),
            counter("commits", "Commits of samples.", Double(commitCount)),
            counter("commit_seconds", "Time that commits took.", commitSeconds),
            counter("commit_failures", "Commits that failed.", Double(failedCommitCount)),
            counter("committed_samples", "Samples written.", Double(committedSampleCount)),
            counter(
                "dropped_samples", "Samples lost to failing commits.", Double(droppedSampleCount)),
            counter(
                "size_limit_rows", "Blocks and roll-up rows removed for store.max_size.",
                Double(removedForSizeCount)),
        ]
    }
}
