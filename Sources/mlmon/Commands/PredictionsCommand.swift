import ArgumentParser
import Storage

struct PredictionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predictions",
        abstract: "Take logs of single predictions, to be joined with labels.",
        subcommands: [Import.self])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Take a log of predictions into the store.",
            discussion: """
                Each file is CSV with a header, or a JSON object on each line: id (of the request), \
                timestamp (RFC 3339, or seconds or milliseconds since the epoch), service, and \
                prediction or score or both; optionally model and version. Other columns are \
                ignored.

                A file with a wrong line is not taken at all; --skip-bad leaves such lines out. A \
                prediction of a known id and service replaces it, so taking a file twice changes \
                nothing. Works beside 'mlmon run'.
                """)

        @OptionGroup var options: RecordImportOptions

        @OptionGroup var location: StoreLocation

        func run() throws {
            try RecordImport<PredictionRecord>(
                location: location, options: options, noun: "predictions",
                columns: (
                    ["id", "timestamp"],
                    ["service", "model", "version", "prediction", "score"]
                ),
                parse: { fields throws(RecordFields.Mistake) in
                    try fields.prediction(service: options.service)
                },
                record: { try $0.record(predictions: $1) }
            ).run()
        }
    }
}

struct LabelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels",
        abstract: "Take labels that arrive later, and measure predictions by them.",
        subcommands: [Import.self])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Take labels into the store, and measure the predictions they belong to.",
            discussion: """
                Each file is CSV with a header, or a JSON object on each line: id (of the request) \
                and label; optionally timestamp (when the label was found; else now) and service \
                (else the label holds for every service that predicted this id).

                Labels may arrive before their predictions. Of two labels for one id the later one \
                counts, of two of one time the last one. A file with a wrong line is not taken at \
                all; --skip-bad leaves such lines out. Works beside 'mlmon run'.

                mlmon query '{__name__=~"mlmon_realised_.*"}' --start=-1d --step 1h
                """)

        @OptionGroup var options: RecordImportOptions

        @OptionGroup var location: StoreLocation

        func run() throws {
            let now = Program.now()
            try RecordImport<LabelRecord>(
                location: location, options: options, noun: "labels",
                columns: (["id", "label"], ["service", "timestamp"]),
                parse: { fields throws(RecordFields.Mistake) in
                    try fields.label(service: options.service, now: now)
                },
                record: { try $0.record(labels: $1) }
            ).run()
        }
    }
}

struct RecordImportOptions: ParsableArguments {
    @Argument(help: "Files; - is standard input.", completion: .file())
    var files: [String]

    @Option(help: "The service of lines that name none.")
    var service: String?

    @Flag(help: "Leave lines out that are wrong, instead of refusing the file.")
    var skipBad = false

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false
}
