/// The offset and unit in which a stream's values are remembered in single precision, so that
/// neither a high level nor a large or small unit costs digits or leaves the range of squares.
struct StreamScale: Codable, Sendable, Equatable {
    /// Differences of encoded values, squared and added up, stay finite.
    static let largest = 0x1p60

    let origin: Double
    /// A power of two, so that a change of it is exact.
    let unit: Double

    /// - Parameters:
    ///   - origin: A value in the middle of the stream's.
    ///   - reach: How far the values lie from it; 0 where that is not known.
    init(origin: Double, reach: Double) {
        self.origin = origin
        unit = reach.isNormal ? reach.binade : 1
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        origin = try container.decode(.origin, in: StoredRange.value)
        unit = try container.decode(.unit, in: Double.leastNormalMagnitude...1e151)
    }

    func encode(_ value: Double) -> Float {
        Float(min(max(exactly(value), -Self.largest), Self.largest))
    }

    /// A value in this scale's units, not rounded.
    func exactly(_ value: Double) -> Double { (value - origin) / unit }

    func decode(_ encoded: Double) -> Double { origin + encoded * unit }
}
