import ArgumentParser
import Detection
import Foundation

struct DetectCalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Measure how often the drift detector is wrong on windows without drift.",
        discussion: """
            Draws references and windows from one distribution each and judges them with the detector \
            of the monitor. A row for each kind and size: alarms per 1,000 windows at the significance, \
            with three standard errors, and what PSI > 0.2 says of the same windows. The same seed \
            gives the same table.
            """)

    @Option(
        parsing: .upToNextOption, help: "Observations in a window.")
    var n = [50, 200, 1000, 10_000, 100_000]

    @Option(help: "Observations in the reference, as a multiple of n.")
    var referenceFactor = 50

    @Option(help: "Windows in each row.")
    var windows = 20_000

    @Option(help: "Chance that a clean window is called drifted.")
    var significance = DriftOptions().significance

    @Option(help: "Where the draws begin.")
    var seed: UInt64 = 1

    func validate() throws {
        guard n.allSatisfy({ (1...1_000_000).contains($0) }), (1...1000).contains(referenceFactor),
            (1...100_000_000).contains(windows), significance > 0, significance < 1
        else {
            throw ValidationError(
                "expected n from 1 to 1000000, a reference factor from 1 to 1000, up to 100000000 "
                    + "windows and a significance between 0 and 1")
        }
    }

    func run() throws {
        print("kind,n,m,windows,alarms_per_1000,error,psi_over_0.2_per_1000")
        let bar = ProgressBar.bar(writesToTerminal: true)
        for (i, kind) in Calibration.Kind.allCases.enumerated() {
            for (j, n) in n.enumerated() {
                var calibration = Calibration(
                    kind: kind, n: Double(n), m: Double(n * referenceFactor),
                    significance: significance, seed: seed)
                let result = calibration.run(windowCount: windows)
                bar.show(
                    Double(i * self.n.count + j + 1)
                        / Double(Calibration.Kind.allCases.count * self.n.count))
                func cell(_ x: Double) -> String { String(format: "%.2f", x) }
                print(
                    "\(kind.rawValue),\(n),\(n * referenceFactor),\(result.windowCount),"
                        + "\(cell(result.alarmsPerThousand)),\(cell(result.error)),"
                        + cell(result.classicAlarmsPerThousand))
            }
        }
        bar.end()
    }
}
