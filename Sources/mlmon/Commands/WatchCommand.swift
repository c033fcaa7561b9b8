import ArgumentParser
import Configuring
import Dashboards
import Foundation
import HTTP
import Logging
import Querying
import Scraping
import Storage
import Terminal

struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "The full-screen monitor (what 'mlmon' alone does).",
        discussion: """
            Collects by itself, or attaches read-only where another mlmon writes the store. With \
            --once one page is printed as text.
            """)

    @OptionGroup var location: StoreLocation
    @OptionGroup var screen: ScreenOptions

    @Flag(help: "Print one page as text and end.")
    var once = false

    @Option(help: "Size of the text for --once, columns x rows.")
    var size = "120x40"

    func run() throws {
        if once { return try printOnce() }
        Program.ignoreClosedPipes()
        if location.configurationPath == nil, location.db != nil {
            return try attach(
                try location.openForReading(), dashboards: try ShippedFiles.dashboards())
        }
        guard location.configurationPath != nil else { return try watchThisMachine() }
        let configuration = try location.loadConfiguration()
        guard let store = try StoreLocation.openUnlessOwned(configuration.store) else {
            return try attach(
                try StoreLocation.open(
                    StoreOptions(path: configuration.store.path, isReadOnly: true)),
                dashboards: configuration.dashboards)
        }
        let options = try screen.options(dashboards: configuration.dashboards)
        try FullScreen(configuration: configuration, store: store, options: options).run()
    }

    private func printOnce() throws {
        let parts = size.split(separator: "x").compactMap { Int($0) }
        guard parts.count == 2, (1...1000).contains(parts[0]), (1...1000).contains(parts[1]) else {
            throw ValidationError("--size is '\(size)', expected columns x rows, like 120x40")
        }
        if location.configurationPath == nil, location.db == nil {
            return print(Self.notice(try Self.searchThisMachine()))
        }
        // A mistake in the page's name is told before the store is looked for.
        let options = try screen.options(dashboards: try location.dashboards())
        let store = try location.openForReading()
        try location.checkService(screen.service, in: store)
        let text = try Dashboards.renderOnce(
            page: screen.page.page, service: screen.service,
            size: Size(columns: parts[0], rows: parts[1]), store: store, engine: QueryEngine(),
            options: options, now: Program.now())
        print(text)
    }

    private func attach(_ store: Store, dashboards: [DashboardDefinition]) throws {
        var options = try screen.options(dashboards: dashboards)
        options.isAttached = true
        try FullScreen(configuration: nil, store: store, options: options).run()
    }

    /// Without a configuration: whatever answers on this machine, in a store that does not last.
    private func watchThisMachine() throws {
        var configuration = try MonitorConfiguration.shippedDefaults()
        let found = try Self.searchThisMachine()
        try TemporaryStore.with { path in
            configuration.store.path = path
            configuration.scrapeInterval = .seconds(2)
            configuration.services = found.map { $0.target(interval: .seconds(2)) }
            var options = try screen.options(dashboards: configuration.dashboards)
            options.notice = Self.notice(found)
            let store = try StoreLocation.open(configuration.store)
            try FullScreen(configuration: configuration, store: store, options: options).run()
        }
    }

    private static func searchThisMachine() throws -> [Discovery.Found] {
        Program.complain("no mlmon.yaml here; looking for services on this machine …")
        let presets = PresetLibrary(try ShippedFiles.presets())
        return try Concurrently.wait {
            let client = try HTTPClient()
            let found = await Discovery(client: client, presets: presets).search(host: "127.0.0.1")
            await client.shutdown()
            return found
        }
    }

    private static func notice(_ found: [Discovery.Found]) -> String {
        guard !found.isEmpty else {
            return """
                No mlmon.yaml here, and no metrics page answers at the well-known ports of this \
                machine. Write one (docs/configuration.md), or see the demo: mlmon demo
                """
        }
        return "Found on this machine: "
            + found.map { "\($0.title) at \($0.service.url)" }
            .joined(separator: ", ")
            + ". Nothing is kept. To keep it: mlmon discover > mlmon.yaml"
    }
}

/// What concerns the screen, for every command that shows one.
struct ScreenOptions: ParsableArguments {
    /// A page, and of dashboards also which.
    struct PageName: ExpressibleByArgument {
        let page: Page
        /// What stands behind `dashboard:`.
        var title: String?

        init(_ page: Page) {
            self.page = page
        }

        init?(argument: String) {
            let parts = argument.split(separator: ":", maxSplits: 1)
            guard let page = Page.allCases.first(where: { $0.word == parts.first.map(String.init) })
            else { return nil }
            self.page = page
            guard parts.count == 2 else { return }
            guard page == .dashboard else { return nil }
            title = String(parts[1])
        }

        var defaultValueDescription: String { page.word }
        static var allValueStrings: [String] { Page.allCases.map(\.word) + ["dashboard:TITLE"] }
    }

    @Option(
        help: "Page to begin with: fleet, service, alerts, sources, dashboard or dashboard:TITLE.")
    var page = PageName(.fleet)

    @Option(help: "Service to select.")
    var service: String?

    @Option(help: "Colours: \(Self.themeNames).")
    var theme = "dark"

    @Flag(help: "Plain ASCII instead of braille and blocks.")
    var ascii = false

    private static var themeNames: String { Theme.all.map(\.name).joined(separator: ", ") }

    /// - Parameter dashboards: Pages of charts, for the one that `--page` may name.
    func options(dashboards: [DashboardDefinition]) throws -> DashboardOptions {
        guard let theme = Theme.all.first(where: { $0.name == theme }) else {
            throw ValidationError("--theme is '\(theme)', expected one of \(Self.themeNames)")
        }
        var options = DashboardOptions(
            theme: theme, ascii: ascii ? true : nil, initialPage: page.page,
            initialService: service,
            version: MLMon.version, environment: Program.environment)
        options.dashboards = dashboards
        options.initialDashboard = try dashboardIndex(dashboards)
        return options
    }

    private func dashboardIndex(_ dashboards: [DashboardDefinition]) throws -> Int {
        guard page.page == .dashboard else { return 0 }
        guard !dashboards.isEmpty else {
            throw CommandFailure("--page dashboard: the configuration has none")
        }
        guard let title = page.title else { return 0 }
        guard let index = DashboardDefinition.index(named: title, in: dashboards) else {
            let titles = dashboards.map(\.title).joined(separator: "', '")
            throw CommandFailure(
                "--page: no dashboard '\(CSVCell.withoutControls(title))', "
                    + "expected one of '\(titles)'")
        }
        return index
    }
}
