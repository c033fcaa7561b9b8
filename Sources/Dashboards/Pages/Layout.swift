/// Widths and heights at which the layout changes.
package enum Layout {
    package static let threePanes = 160
    package static let twoColumns = 100
    package static let onePanelColumns = 60
    package static let onePanelRows = 14
    package static let oneLineColumns = 20
    package static let oneLineRows = 5
}
