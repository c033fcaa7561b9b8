import TimeSeries

/// `limit_ratio`: the elements whose labels fall into a share of the hash's range, so that r and
/// r − 1 are each other's complement.
///
/// The hash is that of Prometheus 3.x, so that both choose the same series.
struct LimitRatio {
    /// The ratio of each step; −1...1 counts.
    let ratios: [Double]

    func selecting(from frame: Frame) -> Frame {
        var result = frame
        for row in 0..<frame.rowCount {
            let place = Self.place(of: frame.labels[row])
            for step in 0..<frame.stepCount {
                let ratio = min(1, max(-1, ratios[step]))
                let isSelected = ratio >= 0 ? place < ratio : place >= 1 + ratio
                if !isSelected { result.values[row * frame.stepCount + step] = .absent }
            }
        }
        return result
    }

    /// 0...1: the hash of the names and values in order, each behind its length, as a share of
    /// the largest hash.
    private static func place(of labels: LabelSet) -> Double {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(labels.canonicalBytes.count)
        for (name, value) in labels.byteRanges {
            append(labels.canonicalBytes[name], to: &bytes)
            append(labels.canonicalBytes[value], to: &bytes)
        }
        return Double(xxHash64(bytes)) / Double(UInt64.max)
    }

    /// A length in one byte; of 255 and more, 255 and three bytes, the lowest first.
    private static func append(_ text: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        if text.count < 255 {
            bytes.append(UInt8(text.count))
        } else {
            bytes.append(255)
            for shift in [0, 8, 16] {
                bytes.append(UInt8(truncatingIfNeeded: text.count >> shift))
            }
        }
        bytes.append(contentsOf: text)
    }
}
