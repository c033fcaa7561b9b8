import ArgumentParser
import Configuring
import HTTP
import Scraping

struct DiscoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Find inference services, and write the configuration for them.",
        discussion: """
            Asks the well-known ports of each host for metrics. The configuration goes to standard \
            output, what was found to standard error:

            mlmon discover > mlmon.yaml

            Exit status: 0 something was found, 1 nothing was.
            """)

    @Argument(help: "Hosts to ask (default: this machine).")
    var hosts: [String] = ["127.0.0.1"]

    func run() throws {
        Program.ignoreClosedPipes()
        let presets = try ShippedFiles.presets()
        let hosts = hosts
        let found = try Concurrently.wait {
            let client = try HTTPClient()
            let discovery = Discovery(client: client, presets: PresetLibrary(presets))
            var found: [Discovery.Found] = []
            for host in hosts { found += await discovery.search(host: host) }
            await client.shutdown()
            return found
        }
        for service in found {
            Program.complain("found \(service.title) at \(service.service.url)")
        }
        guard !found.isEmpty else {
            Program.complain(
                "no metrics pages found; see docs/configuration.md for services elsewhere, and "
                    + "'preset: http' for those without metrics")
            throw ExitCode(1)
        }
        print(MonitorConfiguration.renderExample(for: found.map(\.service)), terminator: "")
    }
}
