import Alerting
import Querying
import Yams

extension ConfigurationDecoder {
    private static let webhookKeys = ["url", "send_resolved", "max_alerts", "timeout"] + httpKeys
    private static let routeKeys = [
        "receiver", "group_by", "group_wait", "group_interval", "repeat_interval", "matchers",
        "continue", "routes",
    ]
    private static let maximumRouteDepth = 16
    private static let waitRange: ClosedRange<Duration> = .zero ... .seconds(30 * 86_400)

    func receivers(_ fields: Fields) -> [Receiver] {
        var receivers: [Receiver] = []
        for node in fields.list("receivers") ?? [] {
            guard
                let inner = context.fields(
                    node, of: "a receiver", known: ["name", "webhook"]),
                let name = inner.requiredString("name")
            else { continue }
            let nodes =
                inner.required("webhook").map { $0.node.sequence.map(Array.init) ?? [$0.node] }
                ?? []
            let receiver = Receiver(name: name, webhooks: nodes.compactMap(webhook))
            if receivers.contains(where: { $0.name == name }) {
                context.report(
                    "receiver \(shown(name)) is given twice", at: inner["name"]?.valuePosition)
            } else {
                receivers.append(receiver)
            }
        }
        return receivers
    }

    private func webhook(_ node: Node) -> Receiver.Webhook? {
        guard let fields = context.fields(node, of: "'webhook'", known: Self.webhookKeys),
            let address = url(fields)
        else { return nil }
        var webhook = Receiver.Webhook(url: address.text)
        webhook.sendsResolved = fields.bool("send_resolved") ?? true
        webhook.maximumAlertCount = fields.integer("max_alerts", in: 0...1_000_000) ?? 0
        webhook.headers = headers(fields)
        webhook.credentials = credentials(fields)
        webhook.tls = tls(fields)
        webhook.timeout =
            fields.duration("timeout", in: .milliseconds(100) ... .seconds(600)) ?? webhook.timeout
        return webhook
    }

    /// The routing tree. One receiver alone needs none.
    func route(_ fields: Fields, receivers: [String]) -> Route? {
        guard let field = fields["route"] else {
            if receivers.count > 1, let field = fields["receivers"] {
                context.report(
                    "there are several receivers and no 'route', expected a route that names one",
                    at: field.position)
            }
            return receivers.count == 1 ? receivers.first.map { Route(receiver: $0) } : nil
        }
        return route(field.node, parent: nil, receivers: receivers, depth: 1)
    }

    /// - Parameter parent: What settings that are left out are taken from; nil for the root.
    private func route(
        _ node: Node, parent: Route?, receivers: [String], depth: Int
    ) -> Route? {
        guard depth <= Self.maximumRouteDepth else {
            context.report(
                "routes are nested deeper than \(Self.maximumRouteDepth)", at: node.position)
            return nil
        }
        guard let fields = context.fields(node, of: "the route", known: Self.routeKeys) else {
            return nil
        }
        let isRoot = parent == nil
        let own =
            isRoot ? fields.requiredString("receiver") : fields.string("receiver")
        if let own, !receivers.contains(own), let field = fields["receiver"] {
            fields.report(
                "unknown receiver \(shown(own))\(suggestion(for: own, among: receivers))", at: field
            )
        }
        var route = Route(receiver: own ?? parent?.receiver ?? "")
        route.groupBy = groupBy(fields) ?? parent?.groupBy ?? route.groupBy
        func wait(_ key: String, _ path: WritableKeyPath<Route, Duration>) {
            let given = fields.duration(key, in: Self.waitRange)
            route[keyPath: path] = given ?? parent?[keyPath: path] ?? route[keyPath: path]
        }
        wait("group_wait", \.groupWait)
        wait("group_interval", \.groupInterval)
        wait("repeat_interval", \.repeatInterval)
        if isRoot {
            for key in ["matchers", "continue"] {
                guard let field = fields[key] else { continue }
                context.report(
                    "the first route takes every alert, so it has no '\(key)'; write it in "
                        + "'routes'", at: field.position)
            }
        } else {
            route.matchers = (fields.strings("matchers") ?? []).compactMap(matcher)
            route.continues = fields.bool("continue") ?? false
        }
        let parent = route
        route.children = (fields.list("routes") ?? []).compactMap {
            self.route($0, parent: parent, receivers: receivers, depth: depth + 1)
        }
        return route
    }

    private func groupBy(_ fields: Fields) -> [String]? {
        guard let names = fields.strings("group_by") else { return nil }
        for name in names where name.text != "..." && !LabelName.isValid(name.text) {
            context.report(
                "group_by holds \(shown(name.text)), expected a label's name, or '...' for all",
                at: name.position)
        }
        if names.count > 1, let all = names.first(where: { $0.text == "..." }) {
            context.report(
                "group_by holds '...' beside labels, expected it alone", at: all.position)
        }
        return names.map(\.text)
    }

    /// `severity="critical"`, `team=~"a|b"`; the quotes may be left out.
    private func matcher(_ item: (text: String, position: Position?)) -> LabelMatcher? {
        let text = item.text
        let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let rest = text.dropFirst(name.count).drop(while: \.isWhitespace)
        let operation = MatchOperation.allCases
            .filter { rest.hasPrefix($0.rawValue) }
            .max { $0.rawValue.count < $1.rawValue.count }
        guard let operation, LabelName.isValid(String(name)) else {
            context.report(
                "matcher is \(shown(text)), expected like 'severity=\"critical\"' with =, !=, =~ "
                    + "or !~", at: item.position)
            return nil
        }
        let trimmed = rest.dropFirst(operation.rawValue.count)
            .drop(while: \.isWhitespace)
        guard let value = Self.unquoted(String(trimmed)) else {
            context.report(
                "matcher is \(shown(text)), which has a quote without its other one",
                at: item.position)
            return nil
        }
        do {
            return try LabelMatcher(name: String(name), operation, value: value)
        } catch {
            context.report("matcher \(shown(text)): \(error.message)", at: item.position)
            return nil
        }
    }

    /// Without its double quotes and their escapes, if it has any; nil where one is missing.
    private static func unquoted(_ text: String) -> String? {
        var text = text
        while text.last?.isWhitespace == true { text.removeLast() }
        guard text.hasPrefix("\"") else { return text.contains("\"") ? nil : text }
        var value = ""
        var isEscaped = false
        for (index, character) in text.enumerated().dropFirst() {
            if isEscaped {
                value += character == "n" ? "\n" : String(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                return index == text.count - 1 ? value : nil
            } else {
                value.append(character)
            }
        }
        return nil
    }
}
