/// What a snapshot should hold.
package struct LoadRequest: Hashable, Sendable {
    package var fleetWindow: TimeWindow
    /// The service whose detail is wanted.
    package var service: String?
    package var serviceWindow: TimeWindow

    package init(fleetWindow: TimeWindow, service: String?, serviceWindow: TimeWindow) {
        self.fleetWindow = fleetWindow
        self.service = service
        self.serviceWindow = serviceWindow
    }
}
