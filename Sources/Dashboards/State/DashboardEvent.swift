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
            paste(text)
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
            // A page opened while paused still gets its picture.
            if detail == nil, snapshot.detail?.summary.name == request.service {
                self.snapshot?.detail = snapshot.detail
            }
            if dashboardContent == nil { self.snapshot?.dashboard = snapshot.dashboard }
            return
        }
        self.snapshot = snapshot
        keepSelectionVisible()
    }

    private mutating func apply(_ key: Key) -> [Effect] {
        let before = request
        message = nil
        var effects: [Effect]
        if prompt != nil {
            effects = edit(key)
        } else if isHelpShown, let distance = Self.helpDistance(of: key) {
            let body = Rect(0, 0, size.columns, size.rows).inset(top: 1, bottom: 1)
            let last = HelpPage(page: page).lastScroll(in: body)
            helpScroll = min(max(0, helpScroll + distance), last)
            return []
        } else if isHelpShown {
            isHelpShown = false
            helpScroll = 0
            // The key that closes the help does nothing else, except that `q` always quits.
            return key == "q" ? [.quit] : []
        } else if let action = KeyTable.action(for: key, on: page) {
            effects = perform(action)
        } else {
            return []
        }
        if request != before, !effects.contains(.load) { effects.append(.load) }
        return effects
    }

    /// Lines that a key scrolls the help by; nil closes it.
    private static func helpDistance(of key: Key) -> Int? {
        switch key {
        case .up: -1
        case .down: 1
        case .pageUp: -10
        case .pageDown: 10
        default: nil
        }
    }

    mutating func perform(_ action: Action) -> [Effect] {
        switch action {
        case .up: move(by: -1)
        case .down: move(by: 1)
        case .first: move(by: -1_000_000)
        case .last: move(by: 1_000_000)
        case .pageUp: move(by: -pageRows, isPage: true)
        case .pageDown: move(by: pageRows, isPage: true)
        case .halfPageUp: move(by: -max(1, pageRows / 2), isPage: true)
        case .halfPageDown: move(by: max(1, pageRows / 2), isPage: true)
        case .open: open()
        case .back: back()
        case .filter: prompt = Prompt(.filter, text: filter?.text ?? "")
        case .command: prompt = Prompt(.command)
        case .sort: sort = sort.next
        case .reverseSort: isSortReversed.toggle()
        case .pause: togglePause()
        case .refresh: return [.load]
        case .live:
            cursor = nil
            if isPaused { togglePause() }
        case .zoomIn: setWindow(window.shorter)
        case .zoomOut: setWindow(window.longer)
        case .cursor(let steps): moveCursor(by: steps)
        case .panel(let number): expand(number)
        case .nextPanel:
            focused = focused % max(1, panelCount) + 1
            if expanded != nil { expanded = focused }
        case .nextDistribution: distributionIndex += 1
        case .dashboards:
            showDashboard(page == .dashboard ? dashboardIndex + 1 : dashboardIndex)
        case .alerts: go(to: .alerts)
        case .sources: go(to: .sources)
        case .theme: return nextTheme()
        case .help: isHelpShown = true
        case .quit: return [.quit]
        }
        keepSelectionVisible()
        return []
    }

    private mutating func expand(_ number: Int) {
        guard number <= panelCount else { return }
        expanded = expanded == number ? nil : number
        focused = number
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

    mutating func setWindow(_ window: TimeWindow) {
        if page == .service { serviceWindow = window } else { fleetWindow = window }
    }

    /// Along the points of the charts on this page; beyond the newest is no cursor.
    private mutating func moveCursor(by steps: Int) {
        guard let grid = chartGrid else { return }
        let last = grid.count - 1
        let index = cursor.map { grid.nearestIndex(to: $0) } ?? last
        if cursor != nil, index + steps > last {
            cursor = nil
        } else if cursor != nil || steps < 0 {
            cursor = grid.instant(at: min(max(0, index + steps), last))
        }
    }

    private mutating func nextTheme() -> [Effect] {
        let names = Self.themeNames
        let index = names.firstIndex(of: themeName) ?? 0
        themeName = names[(index + 1) % names.count]
        return [.useTheme(themeName)]
    }
}
