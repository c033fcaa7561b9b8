/// The 256 colours that terminals agree upon, as red, green and blue.
enum Palette {
    private static let levels: [Int32] = [0, 95, 135, 175, 215, 255]

    /// `0xRRGGBB` of a place in the palette from 16 on; those before belong to the user and stay.
    ///
    /// The result is never one of the first 16 numbers, which stand for palette colours.
    static func direct(_ index: Int32) -> Int32 {
        switch index {
        case 16..<232:
            let place = index - 16
            let red = levels[Int(place / 36)]
            let green = levels[Int(place / 6 % 6)]
            let blue = levels[Int(place % 6)]
            // Black itself would be the first palette colour.
            return max(0x01_01_01, red << 16 | green << 8 | blue)
        case 232..<256:
            let level = 8 + (index - 232) * 10
            return level << 16 | level << 8 | level
        default: return index
        }
    }
}
