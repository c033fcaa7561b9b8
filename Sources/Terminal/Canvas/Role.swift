/// What a colour means; a theme says how it looks.
package enum Role: UInt8, CaseIterable, Sendable {
    // Surfaces.
    case canvas, bar, selection
    // Words.
    case text, title, muted, faint, accent, key
    // States. Each also has a glyph and a word, so that colour never stands alone.
    case ok, warn, crit, info, stale
    // Distributions: what both have, what is more now, what is less now.
    case base, more, less
    // Lines.
    case p50, p90, p99, grid
    // Series of a chart that have no meaning of their own.
    case series0, series1, series2, series3, series4, series5, series6, series7
    // Fills, from the foot of an area to its top.
    case flow0, flow1, flow2, flow3, flow4
    case fault0, fault1, fault2, fault3, fault4
    // Share of requests, from few to many.
    case heat0, heat1, heat2, heat3, heat4, heat5, heat6, heat7, heat8, heat9, heat10, heat11
    case heat12
    // Ratio to what is normal: quiet up to the middle, so that only trouble has colour.
    case calm0, calm1, calm2, calm3, calm4, calm5, calm6, calm7, calm8, calm9

    package static let heatCount = 13
    package static let calmCount = 10
    package static let fillCount = 5

    package static let seriesCount = 8

    /// The colours go round.
    package static func series(_ index: Int) -> Role {
        step(.series0, index % seriesCount, of: seriesCount)
    }

    package static func heat(_ level: Int) -> Role { step(.heat0, level, of: heatCount) }
    package static func calm(_ level: Int) -> Role { step(.calm0, level, of: calmCount) }
    package static func flow(_ level: Int) -> Role { step(.flow0, level, of: fillCount) }
    package static func fault(_ level: Int) -> Role { step(.fault0, level, of: fillCount) }

    private static func step(_ first: Role, _ level: Int, of count: Int) -> Role {
        Role(rawValue: first.rawValue + UInt8(min(max(0, level), count - 1))) ?? first
    }
}
