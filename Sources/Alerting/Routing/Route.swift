import HTTP
import Querying

/// A node of the routing tree, with Alertmanager's meaning: the first child that matches takes the
/// alert unless it says `continue`; a node without a matching child keeps it.
package struct Route: Sendable {
    package var receiver: String
    package var matchers: [LabelMatcher]
    /// Labels whose values make one group; `["..."]` groups by all labels.
    package var groupBy: [String]
    /// Before the first notification of a new group.
    package var groupWait: Duration
    /// Before a notification about changes of a group that was notified.
    package var groupInterval: Duration
    /// Before a firing group without changes is notified again.
    package var repeatInterval: Duration
    package var continues: Bool
    package var children: [Route]

    package init(
        receiver: String, matchers: [LabelMatcher] = [], groupBy: [String] = ["alertname"],
        groupWait: Duration = .seconds(30), groupInterval: Duration = .seconds(300),
        repeatInterval: Duration = .seconds(4 * 3600), continues: Bool = false,
        children: [Route] = []
    ) {
        self.receiver = receiver
        self.matchers = matchers
        self.groupBy = groupBy
        self.groupWait = groupWait
        self.groupInterval = groupInterval
        self.repeatInterval = repeatInterval
        self.continues = continues
        self.children = children
    }
}

/// Where notifications go.
package struct Receiver: Sendable {
    /// An HTTP address that takes Alertmanager's webhook JSON, version 4.
    package struct Webhook: Sendable {
        package var url: String
        package var sendsResolved: Bool
        /// Alerts in one message; 0 is no limit.
        package var maximumAlertCount: Int
        package var headers: [(name: String, value: String)]
        package var credentials: HTTPRequest.Credentials
        package var tls: HTTPRequest.TLS
        package var timeout: Duration

        package init(
            url: String, sendsResolved: Bool = true, maximumAlertCount: Int = 0,
            headers: [(name: String, value: String)] = [],
            credentials: HTTPRequest.Credentials = .none, tls: HTTPRequest.TLS = .init(),
            timeout: Duration = .seconds(15)
        ) {
            self.url = url
            self.sendsResolved = sendsResolved
            self.maximumAlertCount = maximumAlertCount
            self.headers = headers
            self.credentials = credentials
            self.tls = tls
            self.timeout = timeout
        }
    }

    package var name: String
    package var webhooks: [Webhook]

    package init(name: String, webhooks: [Webhook]) {
        self.name = name
        self.webhooks = webhooks
    }
}
