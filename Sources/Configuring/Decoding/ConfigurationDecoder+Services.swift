import Scraping
import Yams

extension ConfigurationDecoder {
    /// The preset of services that have no metrics page: only whether they answer is watched.
    static let probePreset = "http"

    private static let serviceKeys =
        [
            "name", "url", "instance", "preset", "labels", "interval", "timeout",
        ] + httpKeys

    /// - Parameter defaults: Its scrape settings and presets are complete.
    func services(_ fields: Fields, defaults: MonitorConfiguration) -> [Target] {
        var services: [Target] = []
        for node in fields.list("services") ?? [] {
            guard let target = service(node, defaults: defaults) else { continue }
            let isTaken = services.contains {
                $0.service == target.service && $0.instance == target.instance
            }
            if isTaken {
                context.report(
                    "service \(shown(target.service)) at \(shown(target.instance)) is given twice; "
                        + "give one of them another 'name' or 'instance'", at: node.position)
            }
            services.append(target)
        }
        return services
    }

    private func service(_ node: Node, defaults: MonitorConfiguration) -> Target? {
        guard let fields = context.fields(node, of: "a service", known: Self.serviceKeys) else {
            return nil
        }
        let name = fields.requiredString("name")
        let address = url(fields)
        let preset = preset(fields, among: defaults.presets)
        let (interval, timeout) = timing(
            fields, interval: defaults.scrapeInterval, timeout: defaults.scrapeTimeout)
        var target = Target(
            service: name ?? "", url: address?.text ?? "",
            instance: fields.string("instance") ?? address?.authority ?? "")
        target.interval = interval
        target.timeout = timeout
        target.limits = defaults.scrapeLimits
        target.labels = fields.labels(
            "labels",
            reserved: [
                "service": "is the service's name; set 'name'",
                "instance": "is the service's address; set 'instance'",
                "le": "belongs to histograms", "quantile": "belongs to summaries",
            ])
        target.headers = headers(fields)
        target.credentials = credentials(fields)
        target.tls = tls(fields)
        target.kind = preset == Self.probePreset ? .probe : .exposition
        target.preset = preset == Self.probePreset ? nil : preset
        if address?.isWithoutPath == true, target.kind == .exposition {
            let known = defaults.presets.first { $0.name == preset }
            target.url += known?.paths.first ?? "/metrics"
        }
        return name == nil || address == nil ? nil : target
    }

    private func preset(_ fields: Fields, among presets: [Preset]) -> String? {
        guard let name = fields.string("preset"), let field = fields["preset"] else { return nil }
        let known = presets.map(\.name).sorted() + [Self.probePreset]
        guard known.contains(name) else {
            fields.report(
                "unknown preset \(shown(name))\(suggestion(for: name, among: known))", at: field)
            return nil
        }
        return name
    }
}
