/// What a snapshot should hold.
package struct LoadRequest: Hashable, Sendable {
    /// nil fits the window to the age of the data.
    package var fleetWindow: TimeWindow?
    /// The service whose detail is wanted.
    package var service: String?
    /// nil fits the window to the age of the service's data.
    package var serviceWindow: TimeWindow?
    /// The detail stands beside the fleet and has its window, whatever that is.
    package var isBesideFleet: Bool
    /// The dashboard whose queries are to be evaluated, for the window of the fleet.
    package var dashboard: Dashboard?

    package struct Dashboard: Hashable, Sendable {
        package var index: Int
        /// What `$service` stands for.
        package var service: String?

        package init(index: Int, service: String? = nil) {
            self.index = index
            self.service = service
        }
    }

    /// How alerts and scrapes went over the window is wanted too.
    package var wantsHistory = false

    package init(
        fleetWindow: TimeWindow?, service: String?, serviceWindow: TimeWindow?,
        isBesideFleet: Bool = false,
        dashboard: Dashboard? = nil
    ) {
        self.fleetWindow = fleetWindow
        self.service = service
        self.serviceWindow = serviceWindow
        self.isBesideFleet = isBesideFleet
        self.dashboard = dashboard
    }
}
