import ArgumentParser
import Configuring
import Dashboards
import Foundation
import Querying
import Storage

/// Where a command finds the configuration and the store.
struct StoreLocation: ParsableArguments {
    @Option(
        help: ArgumentHelp("Configuration file (default: ./mlmon.yaml).", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        help: ArgumentHelp("Database file, instead of the configuration's.", valueName: "file"),
        completion: .file())
    var db: String?

    static let defaultPath = "mlmon.yaml"

    /// The file named, or `mlmon.yaml` where there is one; nil where there is none.
    var configurationPath: String? {
        config
            ?? (FileManager.default.fileExists(atPath: Self.defaultPath) ? Self.defaultPath : nil)
    }

    /// Reads the configuration; prints every mistake and ends with status 2 where there are any.
    func loadConfiguration() throws -> MonitorConfiguration {
        guard let path = configurationPath else {
            throw CommandFailure(
                "no configuration: there is no \(Self.defaultPath) here; name one with --config, "
                    + "or let 'mlmon discover' write one")
        }
        return try Self.load(path, database: db)
    }

    static func load(_ path: String, database: String?) throws -> MonitorConfiguration {
        do {
            var configuration = try MonitorConfiguration.load(
                path: path, environment: Program.environment)
            if let database { configuration.store.path = database }
            return configuration
        } catch {
            for diagnostic in error.diagnostics { Program.complain(diagnostic.description) }
            throw ExitCode(2)
        }
    }

    /// Those of the configuration, or the shipped ones where there is none.
    func dashboards() throws -> [DashboardDefinition] {
        configurationPath == nil
            ? try ShippedFiles.dashboards() : try loadConfiguration().dashboards
    }

    /// Opens the store for reading, beside whoever writes it.
    func openForReading() throws -> Store {
        let path = try db ?? loadConfiguration().store.path
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure(
                "there is no store at '\(path)' yet; 'mlmon run' or 'mlmon' makes it")
        }
        return try Self.open(StoreOptions(path: path, isReadOnly: true))
    }

    /// Refuses the name of a service that the store has never seen.
    func checkService(_ name: String?, in store: Store) throws {
        guard let name else { return }
        let known = try orFail { try store.targets() }.map(\.service)
        guard !known.contains(name) else { return }
        let matcher = try LabelMatcher(name: "service", .equal, value: name)
        guard try orFail({ try store.labelSets(matching: [matcher]) }).isEmpty else { return }
        let names = Set(known).sorted().joined(separator: ", ")
        throw CommandFailure(
            "no service '\(CSVCell.withoutControls(name))'; there is "
                + (names.isEmpty ? "none yet" : CSVCell.withoutControls(names)))
    }

    /// Opens the store for notes of people, like baselines, beside whoever writes samples.
    func openForNotes() throws -> Store {
        var options = StoreOptions(path: try db ?? loadConfiguration().store.path)
        options.isForNotes = true
        return try Self.open(options)
    }

    /// The store of the configuration, or the defaults for the file that `--db` names.
    func storeOptions() throws -> StoreOptions {
        if let db, configurationPath == nil { return StoreOptions(path: db) }
        return try loadConfiguration().store
    }

    /// Opens the store as its only writer, for work on the file as a whole.
    func openAsOwner() throws -> Store {
        let options = try storeOptions()
        guard FileManager.default.fileExists(atPath: options.path) else {
            throw CommandFailure("there is no store at '\(options.path)'")
        }
        return try Self.open(options)
    }

    static func open(_ options: StoreOptions) throws -> Store {
        do {
            return try opened(options)
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    /// nil where another process owns the store.
    static func openUnlessOwned(_ options: StoreOptions) throws -> Store? {
        do {
            return try opened(options)
        } catch  where error.isOwnedElsewhere {
            return nil
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    /// Says what became of a damaged file.
    private static func opened(_ options: StoreOptions) throws(StorageError) -> Store {
        let store = try Store(options)
        if let recovery = store.recovery { Program.complain("mlmon: \(recovery.description)") }
        return store
    }
}
