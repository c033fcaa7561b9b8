import Terminal
import TimeSeries

/// What happens to the dashboards.
package enum DashboardEvent: Sendable {
    case key(Key)
    case paste(String)
    case resize(Size)
    case loaded(Snapshot)
    case failed(String)
    /// Time goes on.
    case tick(Timestamp)
}

/// What the loop does after an event.
package enum Effect: Hashable, Sendable {
    /// Read the store at once.
    case load
    case useTheme(String)
    case quit
}

extension DashboardState {
    /// Moves on by one event.
    package mutating func apply(_ event: DashboardEvent) -> [Effect] {
        switch event {
        case .key(let key): return apply(key)
        case .paste(let text):
            guard filterDraft != nil else { return [] }
            setDraft((filterDraft ?? "") + DisplayText.cleaned(text))
            return []
        case .resize(let size):
            let before = request
            self.size = size
            keepSelectionVisible()
            return request == before ? [] : [.load]
        case .loaded(let snapshot):
            failure = nil
            receive(snapshot)
            return []
        case .failed(let message):
            failure = message
            return []
        case .tick(let now):
            self.now = now
            return []
        }
    }

    private mutating func receive(_ snapshot: Snapshot) {
        if isPaused, self.snapshot != nil {
            waiting = snapshot
            waitingCount += 1
            // A service opened while paused still gets its page.
            if detail == nil, snapshot.detail?.summary.name == request.service {
                self.snapshot?.detail = snapshot.detail
            }
            return
        }
        self.snapshot = snapshot
        keepSelectionVisible()
    }

    private mutating func apply(_ key: Key) -> [Effect] {
        if filterDraft != nil { return edit(key) }
        if isHelpShown {
            isHelpShown = false
            // The key that closes the help does nothing else, except that `q` always quits.
            return key == "q" ? [.quit] : []
        }
        guard let action = KeyTable.action(for: key, on: page) else { return [] }
        let before = request
        var effects = perform(action)
        if request != before, !effects.contains(.load) { effects.append(.load) }
        return effects
    }

    private mutating func perform(_ action: Action) -> [Effect] {
        switch action {
        case .up: move(by: -1)
        case .down: move(by: 1)
        case .first: move(by: -rows.count)
        case .last: move(by: rows.count)
        case .pageUp: move(by: -max(1, visibleRows))
        case .pageDown: move(by: max(1, visibleRows))
        case .halfPageUp: move(by: -max(1, visibleRows / 2))
        case .halfPageDown: move(by: max(1, visibleRows / 2))
        case .open: open()
        case .back: back()
        case .filter: filterDraft = filter?.text ?? ""
        case .sort: sort = sort.next
        case .reverseSort: isSortReversed.toggle()
        case .pause: togglePause()
        case .refresh: return [.load]
        case .zoomIn: zoom { $0.shorter }
        case .zoomOut: zoom { $0.longer }
        case .panel(let number):
            expanded = expanded == number ? nil : number
            focused = number
        case .nextPanel:
            focused = focused % 6 + 1
            if expanded != nil { expanded = focused }
        case .nextDistribution: distributionIndex += 1
        case .theme: return nextTheme()
        case .help: isHelpShown = true
        case .quit: return [.quit]
        }
        keepSelectionVisible()
        return []
    }

    private mutating func move(by distance: Int) {
        let rows = rows
        guard !rows.isEmpty else { return }
        let index = min(max(0, selectedIndex(in: rows) + distance), rows.count - 1)
        guard rows[index].name != selected else { return }
        selected = rows[index].name
        distributionIndex = 0
    }

    private mutating func open() {
        let rows = rows
        guard !rows.isEmpty else { return }
        selected = rows[selectedIndex(in: rows)].name
        page = .service
        serviceWindow = fleetWindow
        expanded = nil
        distributionIndex = 0
    }

    private mutating func back() {
        if expanded != nil {
            expanded = nil
        } else if page == .service {
            page = .fleet
        } else if filter != nil {
            filter = nil
        }
    }

    private mutating func togglePause() {
        if isPaused {
            pausedAt = nil
            waitingCount = 0
            if let waiting { receive(waiting) }
            waiting = nil
        } else {
            pausedAt = now
        }
    }

    private mutating func zoom(_ change: (TimeWindow) -> TimeWindow) {
        if page == .service {
            serviceWindow = change(window)
        } else {
            fleetWindow = change(window)
        }
    }

    private mutating func nextTheme() -> [Effect] {
        let names = Theme.all.map(\.name)
        let index = names.firstIndex(of: themeName) ?? 0
        themeName = names[(index + 1) % names.count]
        return [.useTheme(themeName)]
    }

    private mutating func edit(_ key: Key) -> [Effect] {
        switch key {
        case .escape:
            filterDraft = nil
            filterError = nil
            filter = nil
        case .enter:
            // What cannot be read is not applied, and stays to be mended.
            if filterError == nil { filterDraft = nil }
        case .backspace:
            setDraft(String((filterDraft ?? "").dropLast()))
        case .control("u"): setDraft("")
        case .character(let scalar): setDraft((filterDraft ?? "") + String(Character(scalar)))
        default: break
        }
        keepSelectionVisible()
        return []
    }

    /// Applies the draft as it is typed; at most 200 characters.
    private mutating func setDraft(_ text: String) {
        let draft = String(text.prefix(200))
        filterDraft = draft
        do {
            filter = draft.isEmpty ? nil : try ServiceFilter(parsing: draft)
            filterError = nil
        } catch {
            filterError = error.description
        }
    }

    /// Services that the fleet's table has room for.
    package var visibleRows: Int { FleetLayout(self).visibleServiceCount }

    /// Selects the first row where the selected one is filtered out or gone, and scrolls to it.
    private mutating func keepSelectionVisible() {
        let rows = rows
        if let first = rows.first, !rows.contains(where: { $0.name == selected }) {
            let isGone = snapshot?.services.contains { $0.name == selected } != true
            if page == .fleet || isGone { selected = first.name }
        }
        let index = selectedIndex(in: rows)
        let visible = max(1, visibleRows)
        if index < scroll { scroll = index }
        if index >= scroll + visible { scroll = index - visible + 1 }
        scroll = max(0, min(scroll, rows.count - visible))
    }
}
