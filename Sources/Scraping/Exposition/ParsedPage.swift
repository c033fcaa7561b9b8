import TimeSeries

/// One page of one target, read whole and without fault.
package struct ParsedPage: Sendable {
    /// The series with the target's labels. A steady page brings the same table object each time.
    package let batch: SampleBatch
    /// Stale markers for the series that the last page had and this one has not.
    package let vanished: SampleBatch?
    /// What the page says beside its numbers; the same object as long as the page is steady.
    package let catalog: PageCatalog
    /// Seconds since the epoch at which the series of `catalog.createdSeries` last began at zero.
    package let created: [Double]
    /// Series that the last page did not have.
    package let addedCount: Int

    package init(
        batch: SampleBatch, vanished: SampleBatch? = nil, catalog: PageCatalog,
        created: [Double] = [], addedCount: Int = 0
    ) {
        self.batch = batch
        self.vanished = vanished
        self.catalog = catalog
        self.created = created
        self.addedCount = addedCount
    }

    /// Samples on the page, those included that are not stored (duplicates, `_created`).
    package var sampleCount: Int { catalog.sampleCount }
    package var families: MetricFamilies { catalog.families }
    /// What is odd about the page, for people; at most a handful.
    package var warnings: [String] { catalog.warnings }
}

/// The unchanging part of a page.
package final class PageCatalog: Sendable {
    package let families: MetricFamilies
    /// For each number of `ParsedPage.created`, the series it speaks of: the name without any
    /// suffix, and all labels.
    package let createdSeries: [LabelSet]
    package let sampleCount: Int
    /// Samples left out because their series stood on the page before.
    package let duplicateCount: Int
    package let warnings: [String]

    package init(
        families: MetricFamilies, createdSeries: [LabelSet] = [], sampleCount: Int,
        duplicateCount: Int = 0, warnings: [String] = []
    ) {
        self.families = families
        self.createdSeries = createdSeries
        self.sampleCount = sampleCount
        self.duplicateCount = duplicateCount
        self.warnings = warnings
    }
}
