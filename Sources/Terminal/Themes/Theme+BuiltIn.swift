extension Theme {
    /// Paints its own background, so that it reads on any palette. The default.
    package static let dark = Theme(
        name: "dark",
        indexed: [
            .canvas: 233, .bar: 235, .selection: 237, .text: 252, .title: 255, .muted: 245,
            .faint: 240, .accent: 75, .key: 116, .ok: 72, .warn: 215, .crit: 203, .info: 110,
            .stale: 140, .base: 244, .more: 208, .less: 69, .p50: 80, .p90: 179, .p99: 210,
            .grid: 238,
        ].merging(ramps(flow: [24, 31, 67, 74, 117], fault: [95, 131, 167, 203, 210]))
            .merging(heat: [17, 18, 54, 55, 91, 127, 163, 168, 203, 209, 215, 221, 228])
            .merging(series: [80, 179, 210, 110, 150, 176, 208, 188])
            .merging(calm: [235, 236, 237, 238, 95, 131, 167, 203, 209, 215]),
        sixteen: paletteOnDark,
        direct: [
            .canvas: 0x0F_12_17, .bar: 0x1A_1F_28, .selection: 0x26_2F_3D, .grid: 0x39_41_4D,
        ].merging(ramp(Role.flow, [0x12_45_70, 0x1B_5F_93, 0x2F_7F_B6, 0x56_A0_D3, 0x8C_C4_EA]))
            .merging(
                ramp(Role.fault, [0x5E_2B_36, 0x86_39_41, 0xB3_49_4C, 0xE0_62_5B, 0xFA_8C_78])
            )
            // Inferno's lightness rises evenly, so that twice as much looks twice as bright.
            .merging(
                ramp(
                    Role.heat,
                    [
                        0x16_0B_39, 0x2A_0B_54, 0x42_0A_68, 0x5A_11_6E, 0x72_19_6E, 0x89_22_6A,
                        0xA3_2C_61, 0xBC_37_54, 0xD2_4A_41, 0xE6_62_2C, 0xF4_83_11, 0xFC_AA_0F,
                        0xF5_E0_66,
                    ])))

    /// The terminal's palette and background, for people who chose them with care.
    package static let terminal = Theme(
        name: "terminal", indexed: paletteOnDark, sixteen: paletteOnDark)

    package static let light = Theme(
        name: "light",
        indexed: [
            .canvas: 231, .bar: 254, .selection: 153, .text: 236, .title: 16, .muted: 242,
            .faint: 248, .accent: 25, .key: 24, .ok: 29, .warn: 130, .crit: 160, .info: 61,
            .stale: 97, .base: 247, .more: 166, .less: 32, .p50: 30, .p90: 136, .p99: 161,
            .grid: 252,
        ].merging(ramps(flow: [153, 117, 74, 32, 25], fault: [217, 210, 203, 167, 160]))
            .merging(heat: [230, 229, 222, 216, 210, 204, 169, 133, 97, 91, 54, 53, 17])
            .merging(series: [30, 136, 161, 25, 64, 97, 166, 59])
            .merging(calm: [255, 254, 253, 252, 224, 217, 210, 203, 167, 160]),
        sixteen: paletteOnLight)

    /// Three levels of lightness, nothing dim.
    package static let highContrast = Theme(
        name: "high-contrast",
        indexed: [
            .canvas: 16, .bar: 16, .selection: 18, .text: 231, .title: 231, .muted: 252,
            .faint: 248, .accent: 123, .key: 229, .ok: 123, .warn: 220, .crit: 217, .info: 153,
            .stale: 219, .base: 250, .more: 214, .less: 75, .p50: 123, .p90: 229, .p99: 217,
            .grid: 244,
        ].merging(ramps(flow: [39, 45, 51, 87, 123], fault: [203, 209, 210, 216, 217]))
            .merging(heat: [19, 20, 57, 93, 129, 165, 201, 207, 213, 219, 221, 227, 231])
            .merging(series: [123, 229, 217, 75, 156, 219, 214, 252])
            .merging(calm: [234, 235, 237, 239, 173, 209, 215, 220, 226, 231]),
        sixteen: paletteOnDark, isHighContrast: true)

    /// Bold, reverse and underline alone.
    package static let mono = Theme(name: "mono", indexed: [:], sixteen: [:], isMono: true)

    private static let paletteOnDark: [Role: Int16] = [
        .canvas: -1, .bar: -1, .selection: 4, .text: -1, .title: 15, .muted: 7, .faint: 8,
        .accent: 12, .key: 14, .ok: 6, .warn: 11, .crit: 9, .info: 12, .stale: 13, .base: 7,
        .more: 11, .less: 12, .p50: 14, .p90: 11, .p99: 9, .grid: 8,
    ].merging(ramps(flow: [4, 4, 12, 12, 14], fault: [1, 1, 9, 9, 9]))
        .merging(heat: [4, 4, 4, 12, 12, 5, 5, 13, 13, 9, 9, 11, 11])
        .merging(series: [14, 11, 9, 12, 10, 13, 3, 15])
        .merging(calm: [8, 8, 8, 8, 7, 3, 11, 1, 9, 9])

    private static let paletteOnLight: [Role: Int16] = [
        .canvas: -1, .bar: -1, .selection: 14, .text: -1, .title: 0, .muted: 8, .faint: 7,
        .accent: 4, .key: 4, .ok: 6, .warn: 3, .crit: 1, .info: 4, .stale: 5, .base: 8, .more: 3,
        .less: 4, .p50: 6, .p90: 3, .p99: 1, .grid: 7,
    ].merging(ramps(flow: [12, 12, 4, 4, 4], fault: [9, 9, 1, 1, 1]))
        .merging(heat: [12, 12, 12, 4, 4, 13, 13, 5, 5, 1, 1, 1, 0])
        .merging(series: [6, 3, 1, 4, 2, 5, 9, 8])
        .merging(calm: [7, 7, 7, 7, 8, 3, 3, 9, 1, 1])

    private static func ramp(_ role: (Int) -> Role, _ colors: [Int32]) -> [Role: Int32] {
        Dictionary(uniqueKeysWithValues: colors.enumerated().map { (role($0), $1) })
    }

    private static func ramps(flow: [Int16], fault: [Int16]) -> [Role: Int16] {
        var roles: [Role: Int16] = [:]
        for (level, color) in flow.enumerated() { roles[.flow(level)] = color }
        for (level, color) in fault.enumerated() { roles[.fault(level)] = color }
        return roles
    }
}

extension [Role: Int32] {
    fileprivate func merging(_ other: [Role: Int32]) -> [Role: Int32] {
        merging(other) { $1 }
    }
}

extension [Role: Int16] {
    fileprivate func merging(_ other: [Role: Int16]) -> [Role: Int16] {
        merging(other) { $1 }
    }

    fileprivate func merging(heat colors: [Int16]) -> [Role: Int16] {
        merging(
            Dictionary(uniqueKeysWithValues: colors.enumerated().map { (.heat($0), $1) }))
    }

    fileprivate func merging(series colors: [Int16]) -> [Role: Int16] {
        merging(
            Dictionary(uniqueKeysWithValues: colors.enumerated().map { (.series($0), $1) }))
    }

    fileprivate func merging(calm colors: [Int16]) -> [Role: Int16] {
        merging(
            Dictionary(uniqueKeysWithValues: colors.enumerated().map { (.calm($0), $1) }))
    }
}
