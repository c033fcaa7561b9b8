/// The presets in force: shipped ones and the user's.
package struct PresetLibrary: Sendable {
    /// Highest priority first; of equals, the one given later.
    package let presets: [Preset]
    let matchers = SourceMatchers()

    /// Of presets with one name the last wins, so that a user's replaces a shipped one.
    package init(_ presets: [Preset]) {
        var byName: [String: Int] = [:]
        for (index, preset) in presets.enumerated() { byName[preset.name] = index }
        self.presets = byName.values
            .sorted {
                let (a, b) = (presets[$0].priority, presets[$1].priority)
                return a == b ? $0 > $1 : a > b
            }
            .map { presets[$0] }
    }

    package func preset(named name: String) -> Preset? { presets.first { $0.name == name } }

    /// The preset of highest priority whose fingerprints are all among these metric names.
    package func recognise(metricNames: some Collection<String>) -> Preset? {
        presets.first { preset in
            !preset.fingerprints.isEmpty
                && preset.fingerprints.allSatisfy { Self.isPresent($0, in: metricNames) }
        }
    }

    private static func isPresent(
        _ fingerprint: String, in names: some Collection<String>
    ) -> Bool {
        let beginnings = fingerprint.split(separator: "|")
        return names.contains { name in beginnings.contains { name.hasPrefix($0) } }
    }

    /// The preset for a page: the named one, else the recognised one, else a guess from the page's
    /// own families; completed with what every page can tell.
    ///
    /// - Parameter current: In force so far; a page that lost its fingerprints keeps it.
    package func preset(
        for page: ParsedPage, named name: String?, after current: Preset? = nil
    ) -> Preset {
        preset(for: PageIndex(page), named: name, after: current)
    }

    func preset(for index: PageIndex, named name: String?, after current: Preset?) -> Preset {
        let guess = PresetGuess(index)
        if let name, let named = preset(named: name) { return guess.completing(named) }
        let names = Set(index.names).union(index.families.all.map(\.name))
        if let recognised = recognise(metricNames: names) { return guess.completing(recognised) }
        if let current, let known = preset(named: current.name) { return guess.completing(known) }
        return guess.completing(guess.preset)
    }
}
