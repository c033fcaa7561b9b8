/// The ramp that stands for colours where there are none.
package enum HeatGlyphs {
    package static let ramp: [Unicode.Scalar] = [" ", ".", ":", "-", "=", "+", "*", "%", "@"]

    /// - Parameter intensity: 0…1.
    package static func glyph(_ intensity: Double) -> Unicode.Scalar {
        let level = Int(intensity * Double(ramp.count - 1) + 0.5)
        return ramp[min(max(0, level), ramp.count - 1)]
    }
}
