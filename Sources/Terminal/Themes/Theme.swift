/// A colour for every role.
///
/// Entries are indices of the 256-colour palette, or −1 for the terminal's own default. The
/// defaults avoid telling red from green: states are blue-green, orange and red that also
/// differ in lightness, distributions are orange against blue.
package struct Theme: Sendable {
    package let name: String
    /// Indexed by `Role.rawValue`.
    private let indexed: [Int16]
    private let sixteen: [Int16]
    /// Nothing is drawn dim, and what is selected is reversed.
    package let isHighContrast: Bool
    /// No colour whatever the terminal can.
    package let isMono: Bool

    init(
        name: String, indexed: [Role: Int16], sixteen: [Role: Int16], isHighContrast: Bool = false,
        isMono: Bool = false
    ) {
        self.name = name
        self.indexed = Role.allCases.map { indexed[$0] ?? -1 }
        self.sixteen = Role.allCases.map { sixteen[$0] ?? -1 }
        self.isHighContrast = isHighContrast
        self.isMono = isMono
    }

    package static let all: [Theme] = [.dark, .terminal, .light, .highContrast, .mono]

    package static func named(_ name: String) -> Theme? { all.first { $0.name == name } }

    /// −1 stands for the terminal's default.
    package func color(_ role: Role, depth: ColorDepth) -> Int16 {
        switch depth {
        case .mono: -1
        case .eight: sixteen[Int(role.rawValue)] < 0 ? -1 : sixteen[Int(role.rawValue)] & 7
        case .sixteen: sixteen[Int(role.rawValue)]
        case .indexed: indexed[Int(role.rawValue)]
        }
    }
}
