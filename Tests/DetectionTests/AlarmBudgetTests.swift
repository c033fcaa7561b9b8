import Testing

@testable import Detection

@Suite("Alarm budget")
struct AlarmBudgetTests {
    @Test("the budget is spread over windows and distributions")
    func spread() {
        let weekly = AlarmBudget.weekly
        let week = 7.0 * 86_400
        #expect(
            abs(weekly.significance(window: .seconds(300), distributionCount: 1) - 300 / week)
                < 1e-15)
        #expect(
            abs(weekly.significance(window: .seconds(300), distributionCount: 50) - 6 / week)
                < 1e-15)
        #expect(weekly.significance(window: .seconds(30 * 86_400), distributionCount: 1) == 0.5)
        #expect(weekly.significance(window: .zero, distributionCount: 0) >= 1e-12)
        let options = DriftOptions(window: .seconds(3600), budget: .weekly)
        let limit = options.keepingBudget(distributionCount: 7).significance
        #expect(abs(limit - 1.0 / 168 / 7) < 1e-15)
        #expect(DriftOptions().keepingBudget(distributionCount: 7).significance == 0.001)
    }

    @Test(
        "budgets are read, and written as they were",
        arguments: ["1/week", "2/day", "0.5/month", "10/hour", "3/year"])
    func read(text: String) throws {
        #expect(try #require(AlarmBudget(parsing: text)).description == text)
    }

    @Test(
        "what is no budget is refused",
        arguments: [
            "", "1", "/week", "1/", "1/weeks", "-1/day", "0/day", "nan/day", "1/2/day", "1e9/day",
        ])
    func refused(text: String) {
        #expect(AlarmBudget(parsing: text) == nil)
    }

    @Test("a budget of a week over twenty distributions is kept over simulated weeks")
    func kept() {
        var random = SeededBits(state: 7)
        let options = DriftOptions(window: .seconds(3600), budget: .weekly)
            .keepingBudget(distributionCount: 20)
        let shares: [Double] = [5, 4, 3, 2, 1]
        let bins = shares.indices.map(String.init)
        let weekCount = 8
        var alarms = 0
        for column in 0..<20 {
            var detector = DriftDetector(
                reference: DriftReference(
                    kind: column % 2 == 0 ? .categories : .ordered, bins: bins,
                    counts: random.multinomial(20_000, shares: shares)), options: options)
            for _ in 0..<(168 * weekCount) {
                let window = random.multinomial(400, shares: shares)
                if detector.judge(bins: bins, counts: window).isAlarm { alarms += 1 }
            }
        }
        // Eight are allowed in eight weeks; twice as many would be rare at that rate.
        #expect(alarms <= 16, "\(alarms) alarms in \(weekCount) weeks")
    }
}
