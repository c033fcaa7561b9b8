/// The simulated services of `mlmon demo`: what they are called and where they answer.
package enum DemoFleet {
    /// Every service of the fleet, in the order in which a person would list them.
    ///
    /// - Parameter port: Where a `DemoServer` listens on the loopback interface.
    package static func services(port: Int) -> [DemoService] {
        FleetPlan.services.map { plan in
            DemoService(
                name: plan.name, url: "http://127.0.0.1:\(port)\(plan.path)", preset: nil,
                kind: plan.server.title, description: plan.summary)
        }
    }

    /// The scripted incidents of one cycle, in order of their beginning.
    package static var incidents: [Incident] { Incident.script }
}

/// One simulated service as a monitor sees it.
package struct DemoService: Sendable, Equatable {
    package let name: String
    /// Of the metrics page.
    package let url: String
    /// nil where the page tells by itself what server it is.
    package let preset: String?
    /// The server that the page imitates, for people: `vLLM`.
    package let kind: String
    /// What the service does, one line.
    package let description: String
}
