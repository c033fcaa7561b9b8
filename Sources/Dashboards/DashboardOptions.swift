import Terminal

/// How the dashboards start and what the header says about them.
package struct DashboardOptions: Sendable {
    /// Between two readings of the store; 250 ms…1 h.
    package var refresh: Duration
    /// The fleet is made up; said on every page.
    package var isSimulated: Bool
    /// Another process collects; this one only reads its store.
    package var isAttached: Bool
    package var theme: Theme
    /// nil decides by the locale.
    package var ascii: Bool?
    /// Shown while there are no services: what was found, and how to write the file.
    package var notice: String?
    package var initialPage: Page
    /// The service that the service page starts with.
    package var initialService: String?
    /// Pages of charts beside the built-in ones.
    package var dashboards: [DashboardDefinition] = []
    /// The one of them that the dashboard page starts with.
    package var initialDashboard = 0
    package var version: String
    /// Of the process: `TERM`, `NO_COLOR`, `LANG`, `TMPDIR`.
    package var environment: [String: String]

    package init(
        refresh: Duration = .seconds(1), isSimulated: Bool = false, isAttached: Bool = false,
        theme: Theme = .dark, ascii: Bool? = nil, notice: String? = nil,
        initialPage: Page = .fleet, initialService: String? = nil, version: String = "",
        environment: [String: String] = [:]
    ) {
        self.refresh = min(max(refresh, .milliseconds(250)), .seconds(3600))
        self.isSimulated = isSimulated
        self.isAttached = isAttached
        self.theme = theme
        self.ascii = ascii
        self.notice = notice
        self.initialPage = initialPage
        self.initialService = initialService
        self.version = version
        self.environment = environment
    }
}
