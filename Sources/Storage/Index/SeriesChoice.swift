import GRDB

/// Series that are asked which labels they have, by the index as far as that is quicker.
struct SeriesChoice {
    /// Ascending; nil is all there are.
    private let series: [UInt32]?
    /// nil where the time does not matter.
    private let presence: SeriesPresence?
    private let bits: SeriesBits
    private let db: Database

    /// Of so many series or fewer the labels are read, of more the postings are gone through.
    private static let smallCount = 512

    init(series: [UInt32]?, presence: SeriesPresence?, db: Database) {
        self.series = series
        self.presence = presence
        self.db = db
        bits = SeriesBits(series ?? [])
    }

    /// Whether every label there is belongs to one of the series.
    var isAll: Bool { series == nil && presence == nil }

    var isSmall: Bool { series.map { $0.count <= Self.smallCount } ?? false }

    /// Whether one of the series carries a label.
    func has(label: Int64) throws -> Bool {
        if isAll { return true }
        let members = try MatcherResolution(db: db).members(of: [label])
        let chosen = series == nil ? members : members.filter(bits.contains)
        return try presence?.containsAny(of: chosen) ?? !chosen.isEmpty
    }

    /// The labels that occur, each once: series that are alike share most of them.
    func labels() throws -> [(name: String, value: String)] {
        let chosen = try presence?.present(of: series ?? []) ?? series ?? []
        var ids: Set<Int64> = []
        try SeriesBucketScan(in: db).forEach(of: chosen) { _, labels in ids.formUnion(labels) }
        let texts = try RowScan("SELECT name, value FROM label WHERE id = ?", in: db)
        return try ids.compactMap { id in
            try texts.start(id)
            guard try texts.next() else { return nil }
            return (
                String(decoding: texts.bytes(0), as: UTF8.self),
                String(decoding: texts.bytes(1), as: UTF8.self)
            )
        }
    }
}

/// A set of series, a bit each.
struct SeriesBits {
    private var words: [UInt64] = []

    init(_ series: [UInt32] = []) {
        for id in series { insert(id) }
    }

    mutating func insert(_ id: UInt32) {
        let word = Int(id / 64)
        while words.count <= word {
            words.append(contentsOf: repeatElement(0, count: max(64, words.count)))
        }
        words[word] |= 1 << UInt64(id % 64)
    }

    /// Ascending.
    var members: [UInt32] {
        var members: [UInt32] = []
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                members.append(UInt32(64 * index + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        return members
    }

    func contains(_ id: UInt32) -> Bool {
        let word = Int(id / 64)
        return word < words.count && words[word] >> UInt64(id % 64) & 1 == 1
    }
}
