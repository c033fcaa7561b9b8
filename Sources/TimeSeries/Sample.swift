/// One value at one instant.
package struct Sample: Hashable, Sendable {
    package let at: Timestamp
    package let value: Double

    package init(at: Timestamp, value: Double) {
        self.at = at
        self.value = value
    }
}

extension Double {
    /// Marks that a series ended: the NaN with this exact bit pattern, as in Prometheus.
    ///
    /// Compare by bit pattern only (`isStaleMarker`); arithmetic destroys the payload.
    package static let staleMarker = Double(bitPattern: 0x7ff0_0000_0000_0002)

    package var isStaleMarker: Bool { bitPattern == 0x7ff0_0000_0000_0002 }

    /// The value itself, or for any NaN the one ordinary NaN `0x7ff8000000000001`.
    ///
    /// Values from outside pass through here, so that none of them can pose as a stale marker.
    package var normalisedNaN: Double {
        isNaN ? Double(bitPattern: 0x7ff8_0000_0000_0001) : self
    }
}
