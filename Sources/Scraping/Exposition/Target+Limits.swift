extension Target {
    /// Hard bounds on what one scrape may bring; over one of them the scrape is rejected whole.
    package struct Limits: Sendable, Equatable {
        package var bodyByteCount: Int = 10 << 20
        package var sampleCount: Int = 20_000
        package var labelCount: Int = 64
        package var labelNameByteCount: Int = 512
        package var labelValueByteCount: Int = 4096

        package init() {}
    }
}
