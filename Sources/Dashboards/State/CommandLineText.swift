/// What a command of the `:` line does.
package enum Command: Sendable, Equatable {
    case show(Page)
    case service(String)
    case dashboard(Int)
    case window(TimeWindow)
    case filter(ServiceFilter?)
    case sort(SortOrder)
    case theme(String)
    case act(Action)
}

/// Why a command is none.
package struct CommandError: Error, Equatable, CustomStringConvertible {
    package let description: String
}

/// A line of the `:` prompt: its words, what they mean and how they may go on.
package struct CommandLineText {
    private enum Argument { case none, service, dashboard, window, filter, sort, theme }

    private struct Word {
        let names: [String]
        let argument: Argument
        let command: Command?

        init(_ names: String..., takes argument: Argument = .none, does command: Command? = nil) {
            self.names = names
            self.argument = argument
            self.command = command
        }
    }

    private static let words = [
        Word("fleet", does: .show(.fleet)),
        Word("svc", "service", takes: .service),
        Word("dash", "dashboard", takes: .dashboard),
        Word("alerts", does: .show(.alerts)),
        Word("src", "sources", does: .show(.sources)),
        Word("window", takes: .window),
        Word("filter", takes: .filter),
        Word("sort", takes: .sort),
        Word("theme", takes: .theme),
        Word("pause", does: .act(.pause)),
        Word("live", does: .act(.live)),
        Word("refresh", does: .act(.refresh)),
        Word("help", does: .act(.help)),
        Word("quit", "q", does: .act(.quit)),
    ]

    private let text: String
    private let state: DashboardState

    package init(_ text: String, in state: DashboardState) {
        self.text = text
        self.state = state
    }

    /// The first word and what follows it.
    private var parts: (word: String, argument: String?) {
        let trimmed = text.drop { $0 == " " }
        guard let space = trimmed.firstIndex(of: " ") else { return (String(trimmed), nil) }
        return (String(trimmed[..<space]), String(trimmed[space...].drop { $0 == " " }))
    }

    /// nil where the line is empty.
    package var command: Command? {
        get throws(CommandError) {
            let (name, rest) = parts
            guard !name.isEmpty else { return nil }
            let found = Self.words(named: name)
            guard let word = found.first, found.count == 1 else {
                let known = found.isEmpty ? Self.words : found
                throw CommandError(
                    description: (found.isEmpty ? "no command '\(name)': " : "")
                        + known.map { $0.names[0] }.joined(separator: " "))
            }
            let argument = Self.withoutTrailingSpaces(rest ?? "")
            if let command = word.command {
                guard argument.isEmpty else {
                    throw CommandError(description: "'\(word.names[0])' takes nothing more")
                }
                return command
            }
            return try command(word, argument)
        }
    }

    /// The word itself, or all that begin so.
    private static func words(named name: String) -> [Word] {
        let lower = name.lowercased()
        if let exact = words.first(where: { $0.names.contains(lower) }) { return [exact] }
        return words.filter { $0.names.contains { $0.hasPrefix(lower) } }
    }

    private static func withoutTrailingSpaces(_ text: String) -> String {
        String(text.reversed().drop { $0 == " " }.reversed())
    }

    private func command(_ word: Word, _ argument: String) throws(CommandError) -> Command {
        switch word.argument {
        case .none: return .show(.fleet)
        case .service where argument.isEmpty: return .show(.service)
        case .dashboard where argument.isEmpty: return .show(.dashboard)
        case .filter:
            do {
                return .filter(argument.isEmpty ? nil : try ServiceFilter(parsing: argument))
            } catch {
                throw CommandError(description: error.description)
            }
        case .service: return .service(try choice(argument, of: word))
        case .dashboard:
            let title = try choice(argument, of: word)
            return .dashboard(state.dashboards.firstIndex { $0.title == title } ?? 0)
        case .window:
            let label = try choice(argument, of: word)
            return .window(TimeWindow.allCases.first { $0.label == label } ?? .usual)
        case .sort:
            let name = try choice(argument, of: word)
            return .sort(SortOrder.allCases.first { $0.word == name } ?? .state)
        case .theme: return .theme(try choice(argument, of: word))
        }
    }

    private func choices(for argument: Argument) -> [String] {
        switch argument {
        case .none, .filter: []
        case .service: (state.snapshot?.services ?? []).map(\.name)
        case .dashboard: state.dashboards.map(\.title)
        case .window: TimeWindow.allCases.map(\.label)
        case .sort: SortOrder.allCases.map(\.word)
        case .theme: DashboardState.themeNames
        }
    }

    /// The choice itself, or the only one that begins so.
    private func choice(_ text: String, of word: Word) throws(CommandError) -> String {
        let all = choices(for: word.argument)
        if let exact = all.first(where: { $0.lowercased() == text.lowercased() }) { return exact }
        let close = Self.beginning(with: text, all)
        if close.count == 1, !text.isEmpty { return close[0] }
        let named = text.isEmpty ? word.names[0] : "no '\(text)'"
        let shown = close.isEmpty ? all : close
        throw CommandError(
            description: shown.isEmpty
                ? "\(named): there is none" : "\(named): \(shown.joined(separator: "  "))")
    }

    private static func beginning(with text: String, _ all: [String]) -> [String] {
        all.filter { $0.lowercased().hasPrefix(text.lowercased()) }
    }

    /// Words that may stand where the line ends.
    package var candidates: [String] {
        let (name, rest) = parts
        guard let rest else {
            return Self.beginning(with: name, Self.words.map { $0.names[0] })
        }
        let found = Self.words(named: name)
        guard let word = found.first, found.count == 1 else { return [] }
        return Self.beginning(with: rest, choices(for: word.argument))
    }

    /// The line with what all candidates have in common; a single one whole.
    package var completed: String {
        let candidates = candidates
        guard let first = candidates.first else { return text }
        var common = first
        for candidate in candidates.dropFirst() {
            common = String(zip(common, candidate).prefix { $0 == $1 }.map(\.0))
        }
        let (name, rest) = parts
        if rest != nil { return "\(name) \(common)" }
        let isWhole = candidates.count == 1
        let takesMore = Self.words.first { $0.names[0] == common }?.command == nil
        // A shorter alias that was typed in full stays.
        if common.count < name.count { return text }
        return isWhole && takesMore ? common + " " : common
    }
}

extension DashboardState {
    /// - Returns: What is to be done about it outside.
    mutating func perform(_ command: Command) -> [Effect] {
        switch command {
        case .show(.service): open()
        case .show(let page): go(to: page)
        case .service(let name):
            select(name)
            go(to: .service)
        case .dashboard(let index): showDashboard(index)
        case .window(let window): setWindow(window)
        case .filter(let filter):
            go(to: .fleet)
            self.filter = filter
        case .sort(let order):
            go(to: .fleet)
            sort = order
        case .theme(let name):
            themeName = name
            return [.useTheme(name)]
        case .act(let action): return perform(action)
        }
        keepSelectionVisible()
        return []
    }
}
