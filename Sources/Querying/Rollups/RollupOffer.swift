import TimeSeries

/// Which roll-ups a source keeps, and how far back each of them and the samples reach.
package struct RollupOffer: Sendable {
    /// One resolution.
    package struct Level: Sendable {
        /// Milliseconds, positive.
        package let resolution: Int64
        /// Milliseconds since the epoch; nil where there are no windows yet.
        package let oldest: Int64?
        /// Windows are kept in periods of this length, milliseconds, the first of which begins at
        /// `oldest`: where its first window lies is not known.
        package let periodLength: Int64

        package init(resolution: Int64, oldest: Int64?, periodLength: Int64) {
            self.resolution = resolution
            self.oldest = oldest
            self.periodLength = periodLength
        }
    }

    /// From fine to coarse.
    package var levels: [Level]
    /// Of the samples themselves, milliseconds since the epoch; nil where there are none.
    package var oldestSample: Int64?

    package init(levels: [Level] = [], oldestSample: Int64? = nil) {
        self.levels = levels
        self.oldestSample = oldestSample
    }
}

extension SeriesSource {
    /// Nothing but samples.
    package func rollupOffer() throws -> RollupOffer { RollupOffer() }

    package func rollups(
        matching matchers: [LabelMatcher], resolution: Int64, statistics: [RollupStatistic],
        from: Timestamp, through: Timestamp
    ) throws -> [RolledSeries] {
        try series(
            matching: matchers, from: from - .milliseconds(resolution), through: through
        ).map { series in
            RolledSeries(
                labels: series.labels,
                rollup: Rollup(
                    timestamps: series.timestamps, values: series.values, resolution: resolution,
                    from: from.milliseconds, through: through.milliseconds))
        }
    }
}
