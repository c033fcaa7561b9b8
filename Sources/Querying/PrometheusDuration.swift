import TimeSeries

extension Duration {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000),
        ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Reads `5m`, `1h30m`, `0`, `1500ms`: whole numbers with units y, w, d, h, m, s, ms, from
    /// large to small, each at most once; a year has 365 days. nil where the text is none of
    /// these or passes 2^62 ms.
    package init?(parsingPrometheus text: String) {
        let bytes = Array(text.utf8)
        if bytes == [UInt8(ascii: "0")] {
            self = .zero
            return
        }
        var index = 0
        var unitIndex = 0
        var total: Int64 = 0
        while index < bytes.count {
            var number: Int64 = 0
            let start = index
            while index < bytes.count, (48...57).contains(bytes[index]) {
                let (scaled, overflow) = number.multipliedReportingOverflow(by: 10)
                guard !overflow, scaled < 1 << 60 else { return nil }
                number = scaled + Int64(bytes[index] - 48)
                index += 1
            }
            guard index > start else { return nil }
            let unitStart = index
            while index < bytes.count, !(48...57).contains(bytes[index]) { index += 1 }
            let unit = String(decoding: bytes[unitStart..<index], as: UTF8.self)
            guard let found = Self.units[unitIndex...].firstIndex(where: { $0.name == unit }) else {
                return nil
            }
            unitIndex = found + 1
            let (product, overflow) = number.multipliedReportingOverflow(
                by: Self.units[found].milliseconds)
            guard !overflow, product < 1 << 62, total < (1 << 62) - product else { return nil }
            total += product
        }
        guard !bytes.isEmpty else { return nil }
        self = .milliseconds(total)
    }

    /// `1h30m`, `5m`, `1500ms` as `1s500ms`, `0s`; negative ones with a sign.
    package var prometheusDescription: String {
        Self.prometheusDescription(milliseconds: milliseconds)
    }

    static func prometheusDescription(milliseconds: Int64) -> String {
        if milliseconds == 0 { return "0s" }
        var rest = milliseconds.magnitude
        var text = milliseconds < 0 ? "-" : ""
        for (name, size) in units {
            // Years and weeks only where nothing is left over: 30d reads better than 4w2d.
            let size = UInt64(size)
            if name == "y" || name == "w", rest % size != 0 { continue }
            if rest >= size { text += "\(rest / size)\(name)" }
            rest %= size
        }
        return text
    }
}
