// The entry of the fuzzer for PromQL: the input is an expression.
//
// What must hold beside not crashing: what is printed parses to an equal expression and prints the
// same again; an evaluation ends, with a value or an error; where the expression has a value at an
// instant and over a range of that one instant, the two agree.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start else { return 0 }
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    guard let expression = try? QueryExpression(parsing: text) else { return 0 }
    let printed = expression.description
    guard let again = try? QueryExpression(parsing: printed) else {
        fatalError("what was printed does not parse: \(printed)")
    }
    precondition(again == expression, "parses to another expression: \(printed)")
    precondition(again.description == printed, "prints otherwise: \(printed)")
    _ = expression.reach()
    evaluate(expression)
    return 0
}

private func evaluate(_ expression: QueryExpression) {
    let limits = QueryLimits(maximumSamples: 20_000, maximumSeries: 100, maximumSteps: 100)
    let engine = QueryEngine(limits: limits)
    let at = Timestamp(milliseconds: 40_000)
    let instant = try? engine.instant(expression, at: at, over: source)
    _ = try? engine.range(
        expression, start: Timestamp(milliseconds: 10_000), end: at, step: .seconds(15),
        over: source)
    let one = try? engine.range(expression, start: at, end: at, step: .seconds(1), over: source)
    // At an instant the step is 0.
    guard let one, case .vector(let elements)? = instant,
        !expression.description.contains("step()")
    else { return }
    precondition(elements.count == one.count, "an instant is not a range of one step")
}

private let source = MemorySource(
    ["a", "b", "c_bucket"].flatMap { name in
        (0..<3).map { index in
            let labels = [
                (name: "__name__", value: name), (name: "k", value: "\(index)"),
                (name: "le", value: ["0.5", "1", "+Inf"][index]),
            ]
            let values = (0..<10).map { step -> Double in
                if name == "b", step == 4 { return .staleMarker }
                if name == "b", step == 6 { return .nan }
                return Double((step * (index + 3)) % 7)
            }
            return Series(
                labels: LabelSet(labels), timestamps: (0..<10).map { Int64($0) * 5000 + 1 },
                values: values)
        }
    })
