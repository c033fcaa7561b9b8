/// What a page says about a family of metrics: the TYPE, HELP and UNIT lines.
package struct MetricFamily: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case counter, gauge, histogram, summary, info, unknown
        case gaugeHistogram = "gaugehistogram"
        case stateSet = "stateset"
    }

    /// As in the TYPE line: OpenMetrics leaves the suffix `_total` out, text format does not.
    package let name: String
    package var kind: Kind = .unknown
    package var help: String = ""
    package var unit: String = ""

    package init(name: String, kind: Kind = .unknown, help: String = "", unit: String = "") {
        self.name = name
        self.kind = kind
        self.help = help
        self.unit = unit
    }
}

/// The families of one page by name.
package struct MetricFamilies: Sendable, Equatable {
    package private(set) var all: [MetricFamily] = []
    private var indices: [String: Int] = [:]

    package init(_ families: [MetricFamily] = []) {
        for family in families { update(family.name) { $0 = family } }
    }

    package subscript(name: String) -> MetricFamily? { indices[name].map { all[$0] } }

    /// The family that a series of this name belongs to.
    package func family(ofMetric name: String) -> MetricFamily? {
        if let family = self[name] { return family }
        for (suffix, kinds) in Self.suffixes where name.utf8.count > suffix.utf8.count {
            guard name.hasSuffix(suffix), let family = self[String(name.dropLast(suffix.count))],
                kinds.contains(family.kind)
            else { continue }
            return family
        }
        return nil
    }

    /// Changes a family, which is made when it is not there.
    mutating func update(_ name: String, _ change: (inout MetricFamily) -> Void) {
        if let index = indices[name] {
            change(&all[index])
        } else {
            var family = MetricFamily(name: name)
            change(&family)
            indices[name] = all.count
            all.append(family)
        }
    }

    private static let suffixes: [(String, Set<MetricFamily.Kind>)] = [
        ("_bucket", [.histogram, .gaugeHistogram]), ("_sum", [.histogram, .summary]),
        ("_count", [.histogram, .summary]), ("_total", [.counter]), ("_info", [.info]),
        ("_created", [.counter, .histogram, .summary]), ("_gsum", [.gaugeHistogram]),
        ("_gcount", [.gaugeHistogram]),
    ]
}
