import ArgumentParser

@main
struct MLMon: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "mlmon",
        abstract: "Watches machine-learning inference services from the terminal.",
        discussion: """
            Scrapes model servers into one SQLite file, finds drift and anomalies in what they \
            answer, raises alerts to webhooks, and shows it all live.

            Without a command: the full-screen monitor. It collects by itself, or looks on \
            read-only where `mlmon run` already collects into the same store. Without a \
            configuration file it looks for services on this machine.

            Exit status: 0 done, 1 the answer is no (an alert fires, a query is wrong), 2 it could \
            not be done.
            """,
        version: version,
        subcommands: [
            WatchCommand.self, DemoCommand.self, RunCommand.self, ReportCommand.self,
            QueryCommand.self, AlertsCommand.self, BaselineCommand.self, CheckCommand.self,
            DiscoverCommand.self, DetectCommand.self, LabelsCommand.self,
            PredictionsCommand.self, BacktestCommand.self, ImportCommand.self, ExportCommand.self,
            BackupCommand.self, DBCommand.self,
        ],
        defaultSubcommand: WatchCommand.self)

    static func main() {
        Program.acceptSignals()
        Program.endQuietlyOnClosedPipe()
        do {
            try checkTopic(of: CommandLine.arguments.dropFirst())
            var command = try parseAsRoot()
            try command.run()
            try Program.finishOutput()
        } catch let exit as ExitCode {
            Program.end(exit.rawValue)
        } catch let error as CommandFailure {
            Program.complain("mlmon: \(error.message)")
            Program.end(2)
        } catch {
            exitForUsage(error)
        }
    }

    /// `mlmon help WORD` is about a command; the parser would print the whole help for any word.
    private static func checkTopic(of words: ArraySlice<String>) throws {
        guard words.first == "help", let topic = words.dropFirst().first else { return }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        guard !names.contains(topic), topic != "help" else { return }
        throw CommandFailure(
            "help: no command '\(CSVCell.withoutControls(topic))', expected one of "
                + names.joined(separator: ", "))
    }

    /// Usage errors leave with 2, help and version with 0.
    private static func exitForUsage(_ error: any Error) -> Never {
        let text = fullMessage(for: error)
        if exitCode(for: error) == .success {
            print(text)
            Program.end(0)
        }
        Program.complain(text)
        Program.end(2)
    }
}
