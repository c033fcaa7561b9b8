import Configuring
import HTTP
import Scraping
import TimeSeries

/// Looks for services with metrics at well-known ports and paths of a host.
struct Discovery: Sendable {
    struct Found: Sendable {
        var service: FoundService
        let port: Int
        /// Of the kind of server, for people.
        let title: String

        /// What to scrape while there is no configuration.
        func target(interval: Duration) -> Target {
            var target = Target(
                service: service.name, url: service.url, instance: "127.0.0.1:\(port)")
            target.preset = service.preset
            target.interval = interval
            target.timeout = min(interval, target.timeout)
            return target
        }
    }

    /// Ports where services without a preset of their own are often found.
    private static let usualPorts = [
        8000, 8080, 5000, 3000, 9000, 9001, 9002, 9003, 9004, 8001, 8081, 9091, 17000, 17001, 17002,
        17003, 17004,
    ]
    private static let timeout = Duration.milliseconds(700)
    private static let maximumBodyByteCount = 10 << 20

    let client: HTTPClient
    let presets: PresetLibrary

    /// Asks every well-known port of the host, all at once; what does not answer soon is not there.
    func search(host: String) async -> [Found] {
        let candidates = addresses()
        var found: [Found] = []
        await withTaskGroup(of: Found?.self) { group in
            for (port, paths) in candidates {
                group.addTask { await first(of: paths, port: port, host: host) }
            }
            for await hit in group { if let hit { found.append(hit) } }
        }
        return named(found.sorted { $0.port < $1.port })
    }

    /// Paths to try at each port, most usual first.
    private func addresses() -> [(port: Int, paths: [String])] {
        var paths: [Int: [String]] = [:]
        for port in Self.usualPorts { paths[port] = ["/metrics"] }
        for preset in presets.presets {
            for port in preset.ports {
                for path in preset.paths where !(paths[port] ?? []).contains(path) {
                    paths[port, default: []].append(path)
                }
            }
        }
        return paths.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func first(of paths: [String], port: Int, host: String) async -> Found? {
        let literal = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        for path in paths {
            let url = "http://\(literal):\(port)\(path)"
            var request = HTTPRequest(url: url)
            request.timeout = Self.timeout
            request.maximumBodyByteCount = Self.maximumBodyByteCount
            let response: HTTPResponse
            do {
                response = try await client.response(to: request)
            } catch {
                if error.kind == .connect { return nil }
                continue
            }
            if let page = page(url: url, port: port, response) { return page }
        }
        return nil
    }

    /// nil where the answer is no metrics page.
    private func page(url: String, port: Int, _ response: HTTPResponse) -> Found? {
        guard response.status == 200,
            let format = ExpositionFormat(contentType: response.header("content-type")),
            let page = try? PageReader(targetLabels: LabelSet()).read(
                body: response.body, format: format, at: Timestamp(milliseconds: 0)),
            page.sampleCount > 0
        else { return nil }
        let preset = presets.preset(for: page, named: nil)
        return Found(
            service: FoundService(
                name: preset.name, url: url, preset: presets.preset(named: preset.name)?.name),
            port: port, title: preset.title)
    }

    /// Gives services of one kind different names.
    private func named(_ found: [Found]) -> [Found] {
        let counts = Dictionary(grouping: found, by: \.service.name).mapValues(\.count)
        return found.map { hit in
            guard counts[hit.service.name] ?? 0 > 1 else { return hit }
            var named = hit
            named.service.name += "-\(hit.port)"
            return named
        }
    }
}
