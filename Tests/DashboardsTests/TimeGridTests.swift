import Testing
import TimeSeries

@testable import Dashboards

@Suite("Time grid")
struct TimeGridTests {
    @Test(
        "points are multiples of the step and do not move within one",
        arguments: TimeWindow.allCases)
    func aligned(window: TimeWindow) {
        let grid = TimeGrid(window, endingBefore: Fixture.now + .milliseconds(1))
        #expect(grid.end.milliseconds % grid.step.milliseconds == 0)
        #expect(grid.end - grid.start == window.duration)
        #expect((31...121).contains(grid.count))
        let base = Fixture.now.aligned(to: window.step)
        #expect(
            TimeGrid(window, endingBefore: base)
                == TimeGrid(window, endingBefore: base + window.step - .milliseconds(1)))
    }
}
