import CNcurses

/// ncurses' colour pairs, allocated as themes and canvases ask for them.
///
/// Styles are few and cells are many: the answer for each style is remembered.
struct ColorPairs {
    let depth: ColorDepth
    private let theme: Theme
    private var pairs: [UInt64: Int32] = [:]
    private var styles: [Style: (attributes: attr_t, pair: Int32)] = [:]

    init(theme: Theme, depth: ColorDepth) {
        self.theme = theme
        self.depth = theme.isMono ? .mono : depth
    }

    mutating func rendition(of style: Style) -> (attributes: attr_t, pair: Int32) {
        if let known = styles[style] { return known }
        var attributes: attr_t = 0
        if style.attributes.contains(.bold) { attributes |= mlmon_a_bold }
        if style.attributes.contains(.dim), !theme.isHighContrast { attributes |= mlmon_a_dim }
        if style.attributes.contains(.underline) { attributes |= mlmon_a_underline }
        if style.attributes.contains(.reverse) { attributes |= mlmon_a_reverse }
        var pair: Int32 = 0
        if depth == .mono {
            if style.background == .selection { attributes |= mlmon_a_reverse }
            if [.crit, .warn, .title].contains(style.foreground) { attributes |= mlmon_a_bold }
        } else {
            let foreground = theme.color(style.foreground, depth: depth)
            let background = theme.color(style.background, depth: depth)
            pair = self.pair(foreground, background)
            // Eight colours have no bright half; bold is what terminals brighten.
            if depth == .eight, [.crit, .warn, .title].contains(style.foreground) {
                attributes |= mlmon_a_bold
            }
        }
        styles[style] = (attributes, pair)
        return (attributes, pair)
    }

    private mutating func pair(_ foreground: Int32, _ background: Int32) -> Int32 {
        let key =
            UInt64(UInt32(bitPattern: foreground)) << 32 | UInt64(UInt32(bitPattern: background))
        if let known = pairs[key] { return known }
        // Negative where the table is full: the default pair still shows the glyph.
        let pair = max(0, alloc_pair(foreground, background))
        pairs[key] = pair
        return pair
    }
}
