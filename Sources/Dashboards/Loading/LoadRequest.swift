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

    package init(
        fleetWindow: TimeWindow?, service: String?, serviceWindow: TimeWindow?,
        isBesideFleet: Bool = false
    ) {
        self.fleetWindow = fleetWindow
        self.service = service
        self.serviceWindow = serviceWindow
        self.isBesideFleet = isBesideFleet
    }
}
