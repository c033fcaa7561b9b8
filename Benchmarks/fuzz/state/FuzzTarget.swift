// The entry of the fuzzer for the stored state of detectors: the first byte chooses what the rest is
// of, whose version and checksum are put right so that what lies behind them is reached.
//
// What must hold beside not crashing, hanging or taking much memory: what is decoded is encoded and
// decoded to the same bytes, and a detector that is decoded goes on with scores and p-values that
// are some.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    let body = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    switch start[0] % 6 {
    case 0: readValue(checked(body))
    case 1: _ = again(Record.self, checked(body))
    case 2: goOn(again(AnomalyDetector.self, checked(body)))
    case 3: goOn(again(DriftState.self, checked(body)))
    case 4: goOn(again(MovingDriftDetector.State.self, checked(body)))
    default: goOn(again(DDSketch.self, checked(body)))
    }
    return 0
}

private func checked(_ body: [UInt8]) -> [UInt8] {
    let bytes = [StateTag.version] + body
    let checksum = bytes.withUnsafeBytes { Checksum.folded($0) }
    return bytes + withUnsafeBytes(of: checksum.littleEndian) { Array($0) }
}

private func readValue(_ bytes: [UInt8]) {
    guard let value = decodedValue(bytes), let first = try? StateEncoder.encode(value) else { return }
    guard let other = decodedValue(first) else { fatalError("a value does not come back") }
    let second = try? StateEncoder.encode(other)
    precondition(first == second, "another value")
}

private func decodedValue(_ bytes: [UInt8]) -> StateValue? {
    bytes.withUnsafeBytes { try? StateValue($0) }
}

private func again<State: Codable>(_ type: State.Type, _ bytes: [UInt8]) -> State? {
    guard let state = try? StateDecoder.decode(type, from: bytes) else { return nil }
    guard let first = try? StateEncoder.encode(state),
        (try? StateDecoder.decode(type, from: first)) != nil
    else { fatalError("a state does not come back") }
    return state
}

private func goOn(_ detector: AnomalyDetector?) {
    guard var detector, detector.options.memoryCount <= 10_000 else { return }
    var time = Timestamp(milliseconds: 1_767_225_600_000)
    for i in 0..<160 {
        let value: Double? =
            switch i % 40 {
            case 7: nil
            case 20: 1e300
            case 21: -.infinity
            case 30..<36: 5
            default: Double(i % 7)
            }
        let verdict = detector.observe(value, at: time)
        precondition(verdict.score >= 0 && verdict.score <= 1, "score \(verdict.score)")
        precondition(verdict.severity >= 0 && verdict.severity <= 1, "\(verdict.severity)")
        time.milliseconds += i % 50 == 0 ? 86_400_000 : 60_000
    }
}

private func goOn(_ state: DriftState?) {
    guard let state else { return }
    let reference = DriftReference(
        kind: .ordered, bins: ["1", "2", "3"], counts: [500, 300, 200])
    var detector = DriftDetector(reference: reference, state: state)
    for i in 0..<6 {
        let counts: [Double] = i % 3 == 1 ? [2, 1, 0] : [Double(40 * i), 90, 60]
        check(detector.judge(bins: reference.bins, counts: counts))
    }
}

private func goOn(_ state: MovingDriftDetector.State?) {
    guard let state else { return }
    let reference = DriftReference(
        kind: .categories, bins: ["a", "b"], counts: [500, 300])
    var detector = MovingDriftDetector(
        kind: .categories, isShared: false, options: DriftOptions(), state: state)
    for i in 0..<6 {
        let counts: [Double] = i % 3 == 1 ? [2, 1, 0] : [Double(40 * i), 90, 60]
        check(detector.judge(bins: ["a", "b", "c"], counts: counts, against: reference))
    }
}

private func check(_ verdict: DriftVerdict) {
    if let p = verdict.pValue { precondition(p >= 0 && p <= 1, "p = \(p)") }
}

private func goOn(_ sketch: DDSketch?) {
    guard var sketch, sketch.maximumBucketCount <= 4096 else { return }
    for value in [0, .leastNonzeroMagnitude, -3, 1e300, .nan] { sketch.insert(value) }
    sketch.merge(sketch)
    for q in [0, 0.5, 1] { precondition(sketch.quantile(q) != nil, "no quantile") }
}

/// Of all kinds of value that a state has.
private struct Record: Codable {
    enum Phase: Codable {
        case waiting
        case seen(Double, count: Int)
    }

    var name: String
    var phase: Phase
    var numbers: [Double]
    var singles: [Float]
    var bytes: [UInt8]
    var table: [String: [String: Double]]
    var nested: [[Int16]]
    var missing: UInt32?
    var flag: Bool
    var hash: UInt64
    var small: Int8
}

extension StateValue: Encodable {
    func encode(to encoder: any Encoder) throws {
        switch self {
        case .null: try encode(single: Bool?.none, to: encoder)
        case .bool(let bool): try encode(single: bool, to: encoder)
        case .integer(let integer): try encode(single: integer, to: encoder)
        case .unsigned(let integer): try encode(single: integer, to: encoder)
        case .double(let double): try encode(single: double, to: encoder)
        case .text(let text): try encode(single: text, to: encoder)
        case .blob(let bytes): try encode(single: bytes, to: encoder)
        case .floats(let numbers): try encode(single: numbers, to: encoder)
        case .doubles(let numbers): try encode(single: numbers, to: encoder)
        case .list(let values):
            var container = encoder.unkeyedContainer()
            for value in values { try container.encode(value) }
        case .fields(let fields):
            var container = encoder.container(keyedBy: StateKey.self)
            for (name, value) in fields {
                try container.encode(value, forKey: StateKey(stringValue: name))
            }
        }
    }

    private func encode(single value: some Encodable, to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
