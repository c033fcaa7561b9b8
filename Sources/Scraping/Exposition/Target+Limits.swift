extension Target {
    /// Hard bounds on what one scrape may bring; over one of them the scrape is rejected whole.
    package struct Limits: Sendable, Equatable {
        package var bodyByteCount: Int = 10 << 20
        package var sampleCount: Int = 20_000
        /// Different series within an hour.
        package var seriesCount: Int = 50_000
        /// The same over all targets; one value holds for all.
        package var totalSeriesCount: Int = 1_000_000
        package var labelCount: Int = 64
        package var labelNameByteCount: Int = 512
        package var labelValueByteCount: Int = 4096

        package init() {}

        /// Which of them a scrape passed; the raw value is the key of the configuration.
        package enum Kind: String, CaseIterable, Sendable {
            case bodySize = "body_size"
            case samples
            case series
            case totalSeries = "total_series"
            case labels
            case labelNameLength = "label_name_length"
            case labelValueLength = "label_value_length"

            /// Where it is configured.
            package var key: String { "scrape.limits.\(rawValue)" }
        }
    }
}
