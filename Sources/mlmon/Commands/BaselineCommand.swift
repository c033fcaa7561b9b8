import ArgumentParser
import Configuring
import Detection
import Foundation
import Querying
import Storage
import TimeSeries

struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline",
        abstract: "Pin, list, show and drop the reference distributions that drift is judged by.",
        discussion: """
            A baseline is learned by itself from the first windows of each model version. A pinned \
            one goes before it; dropping the learned one lets it be learned anew. The configuration \
            may name other references: files, spans, hours of the week, another version.
            """,
        subcommands: [Pin.self, List.self, Show.self, Drop.self],
        defaultSubcommand: List.self)

    struct Pin: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pin",
            abstract: "Make a stored span the reference of a service's predictions.")

        @Option(help: "The service.")
        var service: String

        @Option(help: "Only this model.")
        var model: String?

        @Option(help: "Only this version.")
        var version: String?

        @Option(
            parsing: .unconditional,
            help: "First instant: RFC 3339, seconds since the epoch, or an age like -2h.")
        var from: String

        @Option(parsing: .unconditional, help: "Last instant (default: now).")
        var through: String?

        @OptionGroup var location: StoreLocation

        func run() throws {
            guard let from = try BaselineCommand.instant(from, option: "--from") else { return }
            let through = try BaselineCommand.instant(through, option: "--through") ?? Program.now()
            guard from < through else { throw CommandFailure("--from is not before --through") }
            let store = try location.openForNotes()
            let pinned = try location.orFail {
                try BaselinePinning(store: store, options: location.driftOptions())
                    .pin(
                        service: service, model: model, version: version, from: from,
                        through: through, now: Program.now())
            }
            guard !pinned.isEmpty else {
                throw CommandFailure(
                    "no predictions of '\(service)' between \(from) and \(through); "
                        + "'mlmon query mlmon_predictions_total' shows what there is")
            }
            for baseline in pinned { print("pinned \(baseline.summary)") }
        }
    }

    /// - Throws: `CommandFailure` where the text is no instant.
    private static func instant(_ text: String?, option: String) throws -> Timestamp? {
        do {
            return try Instant.parse(text, option: option)
        } catch let error as QueryError {
            throw CommandFailure(error.message)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the references.")

        @OptionGroup var location: StoreLocation

        func run() throws {
            let baselines = try location.baselines()
            if baselines.isEmpty { print("no baselines") }
            for baseline in baselines { print(baseline.summary) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one with its bins, and what it is worth.")

        @Argument(help: "The number that 'list' shows.")
        var id: Int64

        @OptionGroup var location: StoreLocation

        func run() throws {
            guard let baseline = try location.baselines().first(where: { $0.id == id }) else {
                throw CommandFailure("no baseline \(id); 'mlmon baseline list' shows them")
            }
            print(baseline.summary)
            for line in baseline.validity(at: Program.now()) { print("  \(line)") }
            let total = max(baseline.counts.reduce(0, +), 1)
            for (bin, count) in zip(baseline.bins, baseline.counts) {
                let share = (count / total * 1000).rounded() / 10
                print("  \(CSVCell.withoutControls(bin))  \(formatted(count))  \(share) %")
            }
        }
    }

    struct Drop: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop",
            abstract: "Delete one.")

        @Argument(help: "The number that 'list' shows.")
        var id: Int64

        @OptionGroup var location: StoreLocation

        func run() throws {
            let store = try location.openForNotes()
            let isDropped = try location.orFail { try store.deleteBaseline(id: id) }
            guard isDropped else {
                throw CommandFailure("no baseline \(id); 'mlmon baseline list' shows them")
            }
            print("dropped baseline \(id)")
        }
    }
}

extension StoreLocation {
    fileprivate func baselines() throws -> [BaselineRecord] {
        let store = try openForReading()
        return try orFail { try store.baselines() }
    }

    /// The configured options, or the defaults where only a database is named.
    fileprivate func driftOptions() throws -> DriftOptions {
        configurationPath == nil ? DriftOptions() : try loadConfiguration().drift
    }

    /// What the store says becomes the command's failure.
    func orFail<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as StorageError {
            throw CommandFailure("\(error)")
        }
    }
}

extension BaselineRecord {
    /// One line for people.
    fileprivate var summary: String {
        let span =
            "\(Timestamp(milliseconds: fromMilliseconds).aligned(to: .seconds(1))) to "
            + "\(Timestamp(milliseconds: throughMilliseconds).aligned(to: .seconds(1)))"
        let subject = [service, model, version, feature].map { $0.isEmpty ? "—" : $0 }
            .joined(separator: " ")
        let n = formatted(counts.reduce(0, +))
        return CSVCell.withoutControls(
            "\(id.map(String.init) ?? "?")  \(subject)  \(origin.rawValue)  n=\(n)  \(span)")
    }
}

extension BaselineRecord {
    /// What a reference is worth, for people.
    fileprivate func validity(at now: Timestamp) -> [String] {
        let age = DriftDetail.age(from: throughMilliseconds, to: now.milliseconds)
        var lines = [age.map { "age: \($0)" } ?? "age: unknown"]
        guard let feature = DistributionKey.Feature(rawValue: feature) else { return lines }
        let detector = DriftDetector(reference: reference(feature))
        lines.append(
            windows.count < 5
                ? "windows: \(windows.count), too few to show how much they differ by themselves"
                : "windows: \(windows.count), "
                    + (detector.extraVariance > 1
                        ? "\((detector.extraVariance * 10).rounded() / 10) times as far apart as by "
                            + "chance; allowed for"
                        : "as far apart as by chance"))
        lines.append(
            "season of day or week: \(detector.hasSeason ? "found, allowed for" : "none seen")")
        let n = Int(counts.reduce(0, +) / 10)
        lines.append("calibrated for any window; full power for up to \(n) predictions in one")
        return lines
    }
}
