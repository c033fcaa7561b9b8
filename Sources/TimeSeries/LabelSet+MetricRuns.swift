#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension Collection where Element == LabelSet {
    /// Hands over which of these have a metric name, by runs of one name: series of a metric mostly
    /// stand together. A name may come more than once.
    ///
    /// - Parameter body: Gets the name and the places, from 0.
    package func forEachMetricRun(_ body: (_ name: String, _ places: Range<Int>) -> Void) {
        var run: (labels: LabelSet, name: String?, start: Int)?
        func endRun(before end: Int) {
            if let run, let name = run.name { body(name, run.start..<end) }
        }
        for (place, labels) in enumerated() {
            if let run, labels.sharesLeadingMetricName(with: run.labels) { continue }
            endRun(before: place)
            run = (labels, labels.metricName, place)
        }
        endRun(before: count)
    }
}

extension LabelSet {
    /// Whether both begin with the same metric name. Quick; where it is false the names may yet be
    /// the same, behind a label that comes before them.
    fileprivate func sharesLeadingMetricName(with other: LabelSet) -> Bool {
        canonicalBytes.withUnsafeBytes { own in
            other.canonicalBytes.withUnsafeBytes { other in
                guard own.count > Self.nameKey.count, own.starts(with: Self.nameKey),
                    let a = own.baseAddress, let b = other.baseAddress,
                    let end = memchr(
                        a + Self.nameKey.count, Int32(Self.separator),
                        own.count - Self.nameKey.count)
                else { return false }
                let length = UnsafeRawPointer(end) - a + 1
                return other.count >= length && memcmp(a, b, length) == 0
            }
        }
    }

    private static let nameKey = Array(metricNameLabel.utf8) + [separator]
}
