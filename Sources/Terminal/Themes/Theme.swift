/// A colour for every role.
///
/// Entries are indices of the 256-colour palette, or −1 for the terminal's own default; where the
/// terminal draws 24-bit colours, ramps are finer than that palette. The
/// defaults avoid telling red from green: states are blue-green, orange and red that also
/// differ in lightness, distributions are orange against blue.
package struct Theme: Sendable {
    package let name: String
    /// Indexed by `Role.rawValue`.
    private let indexed: [Int16]
    private let sixteen: [Int16]
    /// 24-bit colours for roles whose place in the palette is only close to what is meant.
    private let direct: [Role: Int32]
    /// Nothing is drawn dim, and what is selected is reversed.
    package let isHighContrast: Bool
    /// No colour whatever the terminal can.
    package let isMono: Bool

    init(
        name: String, indexed: [Role: Int16], sixteen: [Role: Int16],
        direct: [Role: Int32] = [:], isHighContrast: Bool = false, isMono: Bool = false
    ) {
        self.name = name
        self.indexed = Role.allCases.map { indexed[$0] ?? -1 }
        self.sixteen = Role.allCases.map { sixteen[$0] ?? -1 }
        self.direct = direct
        self.isHighContrast = isHighContrast
        self.isMono = isMono
    }

    package static let all: [Theme] = [.dark, .terminal, .light, .highContrast, .mono]

    package static func named(_ name: String) -> Theme? { all.first { $0.name == name } }

    /// −1 stands for the terminal's default; 24-bit colours are `0xRRGGBB`, and below 16 those of
    /// the palette.
    package func color(_ role: Role, depth: ColorDepth) -> Int32 {
        let place = Int(role.rawValue)
        switch depth {
        case .mono: return -1
        case .eight: return sixteen[place] < 0 ? -1 : Int32(sixteen[place] & 7)
        case .sixteen: return Int32(sixteen[place])
        case .indexed: return Int32(indexed[place])
        case .direct: return direct[role] ?? Palette.direct(Int32(indexed[place]))
        }
    }
}
