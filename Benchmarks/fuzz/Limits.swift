// What the parsers need of `Target`, which itself needs the HTTP client.
package struct Target {
    package struct Limits: Sendable, Equatable {
        package var bodyByteCount: Int = 10 << 20
        package var sampleCount: Int = 20_000
        package var labelCount: Int = 64
        package var labelNameByteCount: Int = 512
        package var labelValueByteCount: Int = 4096

        package init() {}
    }
}
