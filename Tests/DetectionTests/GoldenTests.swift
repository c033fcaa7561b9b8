import Foundation
import Testing

@testable import Detection

/// Reference values computed with scipy, scikit-learn, River and mpmath; `Golden/README.md` defines
/// each. `MLMON_GOLDEN_DIR` names another folder of files of the same form.
@Suite("Golden values")
struct GoldenTests {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["MLMON_GOLDEN_DIR"] {
            return URL(fileURLWithPath: path, isDirectory: true)
        }
        let resources = Bundle.module.resourceURL ?? URL(fileURLWithPath: ".")
        return resources.appendingPathComponent("Golden", isDirectory: true)
    }()

    static let fileNames: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (names ?? []).filter { $0.hasSuffix(".json") }.sorted()
    }()

    @Test("the folder holds golden files")
    func folderIsThere() {
        #expect(!Self.fileNames.isEmpty, "no golden files in \(Self.folder.path)")
    }

    @Test("every case of the file has the expected results", arguments: fileNames)
    func file(name: String) throws {
        let data = try Data(contentsOf: Self.folder.appendingPathComponent(name))
        let file = try #require(GoldenFile(data), "\(name) is not of the golden form")
        let suite = try #require(
            GoldenSuites.suites[file.suite], "\(name): unknown suite '\(file.suite)'")
        #expect(!file.cases.isEmpty)
        for testCase in file.cases {
            let results = suite(testCase)
            let differences = file.differences(of: results, in: testCase)
            #expect(
                differences.isEmpty,
                "\(name), \(testCase.id):\n\(differences.joined(separator: "\n"))")
        }
    }
}

/// One file: a suite's name, its tolerances and its cases.
struct GoldenFile {
    struct Tolerance {
        var relative: Double
        var absolute: Double
    }

    let suite: String
    let cases: [GoldenCase]
    private let fallback: Tolerance
    private var exceptions: [String: Tolerance] = [:]

    init?(_ data: Data) {
        guard
            let object = try? JSONDecoder().decode(GoldenValue.self, from: data).plain
                as? [String: Any],
            let suite = object["suite"] as? String,
            let list = object["cases"] as? [[String: Any]]
        else { return nil }
        self.suite = suite
        cases = list.compactMap(GoldenCase.init)
        guard cases.count == list.count else { return nil }
        let tolerance = object["tolerance"] as? [String: Any] ?? [:]
        fallback = Tolerance(
            relative: goldenNumber(tolerance["rel"]) ?? 0,
            absolute: goldenNumber(tolerance["abs"]) ?? 0)
        for (key, value) in tolerance {
            if let exception = value as? [String: Any] {
                exceptions[key] = Tolerance(
                    relative: goldenNumber(exception["rel"]) ?? fallback.relative,
                    absolute: goldenNumber(exception["abs"]) ?? fallback.absolute)
            } else if value as? String == "exact" {
                exceptions[key] = Tolerance(relative: 0, absolute: 0)
            }
        }
    }

    /// What is missing or wrong, one line each.
    func differences(of results: [String: Any], in testCase: GoldenCase) -> [String] {
        testCase.expected.keys.sorted().flatMap { key -> [String] in
            guard isRequired(key, in: testCase) else { return [] }
            guard let got = results[key] else { return ["\(key): no result, or an unknown key"] }
            return compare(
                got, testCase.expected[key] ?? NSNull(), path: key, leaf: key, in: testCase)
        }
    }

    private func compare(
        _ got: Any, _ want: Any, path: String, leaf: String, in testCase: GoldenCase
    ) -> [String] {
        if let want = want as? [String: Any] {
            guard let got = got as? [String: Any] else { return ["\(path): not an object"] }
            return want.keys.sorted().flatMap { key -> [String] in
                guard let value = got[key] else { return ["\(path).\(key): no result"] }
                return compare(
                    value, want[key] ?? NSNull(), path: "\(path).\(key)",
                    leaf: leaf.hasPrefix("psi") ? leaf : key, in: testCase)
            }
        }
        if let want = want as? [Any] {
            guard let got = got as? [Any], got.count == want.count else {
                return ["\(path): got \(got), want \(want)"]
            }
            return want.indices.flatMap {
                compare(got[$0], want[$0], path: "\(path)[\($0)]", leaf: leaf, in: testCase)
            }
        }
        if let want = goldenNumber(want) {
            guard let got = goldenNumber(got) else { return ["\(path): got \(got), want \(want)"] }
            let tolerance = tolerance(for: leaf, want: want, in: testCase)
            return isNear(got, want, tolerance) ? [] : ["\(path): got \(got), want \(want)"]
        }
        if let want = want as? String, let got = got as? String {
            return Array(got.utf8) == Array(want.utf8) ? [] : ["\(path): got \(got), want \(want)"]
        }
        return ["\(path): got \(got), want \(want)"]
    }

    private func isNear(_ got: Double, _ want: Double, _ tolerance: Tolerance) -> Bool {
        if want.isNaN { return got.isNaN }
        if want.isInfinite || got.isInfinite || got.isNaN { return got == want }
        return abs(got - want) <= max(tolerance.absolute, tolerance.relative * abs(want))
    }

    private func tolerance(for key: String, want: Double, in testCase: GoldenCase) -> Tolerance {
        if let exact = exceptions[key] { return exact }
        if key.hasSuffix("_counts"), let counts = exceptions["counts"] { return counts }
        for (pattern, value) in exceptions where pattern.hasSuffix("*") {
            if key.hasPrefix(pattern.dropLast()) { return value }
        }
        var tolerance = fallback
        switch suite {
        case "divergences" where testCase.id.contains("nearly-equal"):
            if key.hasPrefix("js_distance") || key == "hellinger" { tolerance.absolute = 1e-7 }
        case "special_functions":
            let function = testCase.input["function"] as? String ?? ""
            if function.hasSuffix("_quantile") || function.hasSuffix("_quantile_upper") {
                tolerance.relative = 1e-8
            }
            // The values have forty digits: ln(1 − 1e-53) is 0 there.
            if key == "ln_value", want == 0 { tolerance.absolute = 1e-40 }
        case "streaming_moments":
            if key.hasPrefix("var_") || key == "m2" { tolerance.relative = 1e-9 }
            if key == "skew" || key == "excess_kurtosis" { tolerance.relative = 1e-6 }
            if key == "var" { tolerance.relative = 1e-8 }
        default: break
        }
        return tolerance
    }

    /// Whether the file's notes ask for the key in a case of extreme values.
    private func isRequired(_ key: String, in testCase: GoldenCase) -> Bool {
        let isExtreme = ["huge", "tiny", "subnormal"].contains { testCase.id.contains($0) }
        let isCount = key.hasSuffix("_used") || key.hasSuffix("_nan") || key.hasSuffix("_inf")
        switch suite {
        case "mean_tests" where isExtreme:
            return isCount || key == "error"
                || key.hasSuffix("_mean") && !key.hasPrefix("p_")
                    && key != "z_mean"
                || key.hasSuffix("_median")
        case "wasserstein" where isExtreme:
            return isCount || key == "error" || key == "w1"
        case "streaming_moments" where isExtreme:
            return ["n", "mean", "min", "max", "sum", "nan"].contains(key)
        case "special_functions" where key == "value":
            // Below, the logarithm has the digits.
            return abs(goldenNumber(testCase.expected["value"]) ?? 0) >= 1e-290
                || testCase.expected["ln_value"] == nil
        default: return true
        }
    }
}

struct GoldenCase {
    let id: String
    let input: [String: Any]
    let expected: [String: Any]

    init?(_ object: [String: Any]) {
        guard let id = object["id"] as? String, let input = object["input"] as? [String: Any],
            let expected = object["expected"] as? [String: Any]
        else { return nil }
        self.id = id
        self.input = input
        self.expected = expected
    }

    /// A list of numbers; nil where a value is missing.
    func values(_ key: String) -> [Double?] {
        (input[key] as? [Any] ?? []).map(goldenNumber)
    }

    func numbers(_ key: String) -> [Double] { values(key).map { $0 ?? .nan } }

    func sample(_ key: String) -> FiniteSample { FiniteSample(values(key)) }
}

/// Any JSON value. `JSONSerialization` would round numbers of 17 digits wrongly.
struct GoldenValue: Decodable {
    let plain: Any

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            plain = NSNull()
        } else if let flag = try? container.decode(Bool.self) {
            plain = flag
        } else if let number = try? container.decode(Double.self) {
            plain = number
        } else if let text = try? container.decode(String.self) {
            plain = text
        } else if let list = try? container.decode([GoldenValue].self) {
            plain = list.map(\.plain)
        } else {
            plain = try container.decode([String: GoldenValue].self).mapValues(\.plain)
        }
    }
}

/// A JSON number, Boolean, or one of the strings that stand for non-finite numbers.
func goldenNumber(_ value: Any?) -> Double? {
    switch value {
    case let number as Double: number
    case let number as Int: Double(number)
    case let flag as Bool: flag ? 1 : 0
    case "nan" as String: .nan
    case "inf" as String: .infinity
    case "-inf" as String: -.infinity
    default: nil
    }
}
