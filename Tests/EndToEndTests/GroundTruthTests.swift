import Foundation
import TestSupport
import Testing

@Suite("Predictions and labels")
struct GroundTruthTests {
    private static let predictions = """
        id,timestamp,service,model,version,prediction,score
        a,2026-11-20T10:00:10Z,fraud,m,1,1,0.9
        b,2026-11-20T10:01:00Z,fraud,m,1,1,0.6
        c,1795168890,fraud,m,1,0,0.4
        d,2026-11-20T10:03:00Z,fraud,m,1,0,0.1
        e,2026-11-20T10:04:59.999Z,fraud,m,1,0,0.2
        f,2026-11-20T10:05:00Z,fraud,m,1,0,0.2

        """

    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        _ = try folder.write("store: {path: mlmon.db, retention: 36500d}\n", to: "mlmon.yaml")
        _ = try folder.write(Self.predictions, to: "predictions.csv")
    }

    private func mlmon(_ arguments: String...) throws -> Program.Result {
        try Program.run(arguments, in: folder.path)
    }

    /// The newest window that ended before the instant.
    private func value(_ metric: String, at: String = "2026-11-20T10:05:00Z") throws -> Double? {
        let result = try mlmon("query", "mlmon_realised_\(metric)", "--at", at, "--format", "csv")
        let row = result.output.split(separator: "\n").dropFirst().last
        return row?.split(separator: ",").last.flatMap { Double($0) }
    }

    @Test("are joined by request, whichever comes first, and give the numbers computed by hand")
    func joined() throws {
        // Labels first; those of another service do not count.
        _ = try folder.write(
            """
            {"id": "a", "label": 1}
            {"id": "b", "label": false}

            {"id": "c", "label": "0", "service": "other"}
            {"id": "d", "label": 0, "timestamp": 1795190000}
            """, to: "early.jsonl")
        let early = try mlmon("labels", "import", "early.jsonl")
        #expect(early.output == "early.jsonl: 4 new labels, 0 known\n", "\(early.errors)")
        let taken = try mlmon("predictions", "import", "predictions.csv")
        #expect(taken.output == "predictions.csv: 6 new predictions, 0 known\n", "\(taken.errors)")
        #expect(try value("label_coverage") == 0.6)
        #expect(try value("predictions") == 5)
        #expect(try value("accuracy") == 2.0 / 3)
        #expect(try value("precision") == 0.5)
        #expect(try value("label_coverage", at: "2026-11-20T10:10:00Z") == 0)
        #expect(try value("accuracy", at: "2026-11-20T10:10:00Z") == nil)

        // The rest comes late, and changes the window.
        _ = try folder.write("id,label\nc,1\ne,0\n", to: "late.csv")
        #expect(try mlmon("labels", "import", "late.csv", "--service", "fraud").status == 0)
        #expect(try value("label_coverage") == 1)
        #expect(try value("accuracy") == 0.6)
        #expect(try value("recall") == 0.5)
        #expect(abs(try #require(try value("brier_score")) - 0.156) < 1e-12)
        #expect(abs(try #require(try value("roc_auc")) - 5.0 / 6) < 1e-12)

        // Again: nothing is new, and nothing changes.
        let again = try mlmon("predictions", "import", "predictions.csv")
        #expect(again.output == "predictions.csv: 0 new predictions, 6 known\n")
        #expect(
            try mlmon("labels", "import", "late.csv", "--service", "fraud").output
                == "late.csv: 0 new labels, 2 known\n")
        #expect(try value("accuracy") == 0.6)
        let count = try mlmon(
            "query", "count({service=\"fraud\"})", "--at", "2026-11-20T10:05:30Z", "--format", "csv"
        )
        #expect(count.output.hasSuffix(",10\n"), "\(count.output)")
    }

    @Test("of two labels the later one counts, of two of one time the last")
    func conflicts() throws {
        #expect(try mlmon("predictions", "import", "predictions.csv").status == 0)
        _ = try folder.write(
            "id,label,timestamp\na,0,2026-11-20T12:00:00Z\na,1,2026-11-20T12:00:00Z\n",
            to: "labels.csv")
        #expect(
            try mlmon("labels", "import", "labels.csv").output
                == "labels.csv: 1 new labels, 0 known, 1 changed\n")
        #expect(try value("accuracy") == 1)
        _ = try folder.write("id,label,timestamp\na,0,2026-11-20T11:00:00Z\n", to: "labels.csv")
        #expect(
            try mlmon("labels", "import", "labels.csv").output
                == "labels.csv: 0 new labels, 0 known, 1 older than what is known\n")
        #expect(try value("accuracy") == 1)
        _ = try folder.write("id,label,timestamp\na,0,2026-11-20T13:00:00Z\n", to: "labels.csv")
        #expect(try mlmon("labels", "import", "labels.csv").status == 0)
        #expect(try value("accuracy") == 0)
    }

    @Test("a wrong line refuses the file, or is left out on request")
    func mistakes() throws {
        _ = try folder.write(
            Self.predictions + "g,yesterday,fraud,m,1,0,0.2\nh,2026-11-20T10:00:00Z,fraud,m,1,,\n",
            to: "bad.csv")
        let refused = try mlmon("predictions", "import", "bad.csv")
        #expect(refused.status == 1)
        #expect(
            refused.errors.hasPrefix("bad.csv:8: 'timestamp' is 'yesterday', expected RFC 3339"))
        #expect(refused.errors.contains("nothing of the file was taken"))
        #expect(try value("predictions") == nil)
        let skipped = try mlmon("predictions", "import", "bad.csv", "--skip-bad")
        #expect(skipped.status == 0 && skipped.errors.contains("2 bad lines were left out"))
        #expect(try value("predictions") == 5)

        _ = try folder.write("{\"id\": \"a\"}\n", to: "bad.jsonl")
        let label = try mlmon("labels", "import", "bad.jsonl")
        #expect(label.status == 1 && label.errors.hasPrefix("bad.jsonl:1: there is no 'label'"))
        _ = try folder.write("{\"id\": \"a\"\n", to: "bad.jsonl")
        #expect(try mlmon("labels", "import", "bad.jsonl").errors.contains("bad.jsonl:1: "))
        _ = try folder.write("name,label\n", to: "bad.csv")
        #expect(
            try mlmon("labels", "import", "bad.csv").errors
                == "mlmon: bad.csv:1: there is no column 'id', expected the columns id, label\n")
        #expect(try mlmon("labels", "import", "none.csv").status == 2)
    }
}
