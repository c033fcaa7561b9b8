import Terminal

/// The line that is being typed at the foot of the screen.
package struct Prompt: Sendable, Equatable {
    package enum Kind: Sendable { case filter, command }

    /// Characters that are kept.
    static let maximumCount = 200

    package let kind: Kind
    package var text: String
    /// What is wrong with it as it stands.
    package var error: String?
    /// Steps back in the history of commands; 0 is the line itself.
    var recalled = 0

    package init(_ kind: Kind, text: String = "") {
        self.kind = kind
        self.text = text
    }
}

extension DashboardState {
    /// The filter as it is being typed; nil while it is not.
    package var filterDraft: String? { prompt?.kind == .filter ? prompt?.text : nil }

    package var filterError: String? { prompt?.kind == .filter ? prompt?.error : nil }

    mutating func paste(_ text: String) {
        guard let prompt else { return }
        setDraft(prompt.text + DisplayText.cleaned(text))
    }

    mutating func edit(_ key: Key) -> [Effect] {
        guard let prompt else { return [] }
        switch key {
        case .escape:
            if prompt.kind == .filter { filter = nil }
            self.prompt = nil
        case .enter: return accept(prompt)
        case .backspace:
            // Out of an empty line, as in vi.
            if prompt.kind == .command, prompt.text.isEmpty { self.prompt = nil }
            setDraft(String(prompt.text.dropLast()))
        case .control("u"): setDraft("")
        case .control("w"):
            let words = prompt.text.split(separator: " ").dropLast()
            setDraft(words.isEmpty ? "" : words.joined(separator: " ") + " ")
        case .tab where prompt.kind == .command:
            setDraft(CommandLineText(prompt.text, in: self).completed)
        case .up where prompt.kind == .command: recall(prompt.recalled + 1)
        case .down where prompt.kind == .command: recall(prompt.recalled - 1)
        case .character(let scalar): setDraft(prompt.text + String(Character(scalar)))
        default: break
        }
        keepSelectionVisible()
        return []
    }

    /// What cannot be read is not applied, and stays to be mended.
    private mutating func accept(_ prompt: Prompt) -> [Effect] {
        if prompt.kind == .filter {
            if prompt.error == nil { self.prompt = nil }
            return []
        }
        do {
            guard let command = try CommandLineText(prompt.text, in: self).command else {
                self.prompt = nil
                return []
            }
            self.prompt = nil
            commandHistory = [prompt.text] + commandHistory.filter { $0 != prompt.text }.prefix(49)
            return perform(command)
        } catch {
            self.prompt?.error = error.description
            return []
        }
    }

    private mutating func recall(_ steps: Int) {
        guard steps >= 0, steps <= commandHistory.count else { return }
        setDraft(steps == 0 ? "" : commandHistory[steps - 1])
        prompt?.recalled = steps
    }

    /// Applies a filter as it is typed.
    private mutating func setDraft(_ text: String) {
        guard prompt != nil else { return }
        let draft = String(text.prefix(Prompt.maximumCount))
        prompt?.text = draft
        prompt?.error = nil
        guard prompt?.kind == .filter else { return }
        do {
            filter = draft.isEmpty ? nil : try ServiceFilter(parsing: draft)
        } catch {
            prompt?.error = error.description
        }
    }
}
