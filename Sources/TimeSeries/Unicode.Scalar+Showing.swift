extension Unicode.Scalar {
    /// Control characters, and those that turn the direction of writing or break a line: what comes
    /// from outside with them could move the cursor of a terminal or disguise a cell.
    package var isUnfitToShow: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
