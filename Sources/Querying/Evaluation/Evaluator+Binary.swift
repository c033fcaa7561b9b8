import TimeSeries

extension Evaluator {
    func evaluate(
        _ node: BinaryOperation, on grid: StepGrid
    ) throws(QueryError) -> Evaluated {
        let left = try evaluate(node.left, on: grid)
        if case .vector(let frame) = left, node.operation.needsLeft, frame.isEmpty { return left }
        let right = try evaluate(node.right, on: grid)
        switch (left, right) {
        case (.scalar(let a), .scalar(let b)):
            return .scalar(zip(a, b).map { node.operation.apply($0, $1) })
        case (.vector(let frame), .scalar(let scalars)):
            return .vector(try node.applied(to: frame, scalars, isSwapped: false))
        case (.scalar(let scalars), .vector(let frame)):
            return .vector(try node.applied(to: frame, scalars, isSwapped: true))
        case (.vector(let a), .vector(let b)):
            let matching =
                node.matching
                ?? VectorMatching(cardinality: .oneToOne, isOn: false, labels: [], included: [])
            if node.operation.isSet {
                try charge(rows: a.rowCount + b.rowCount, steps: grid.count)
                return .vector(try SetOperation(a, b, matching).result(node.operation))
            }
            let join = JoinOperation(node, matching, a, b)
            return .vector(try join.result { count throws(QueryError) in try charge(count) })
        default: throw QueryError(.execution, "a string is no operand", at: node.position.value)
        }
    }
}

extension BinaryOperator {
    /// Whether nothing on the left makes nothing of it, whatever stands on the right: conditions of
    /// rules mostly begin with what is rarely true.
    fileprivate var needsLeft: Bool { self == .and || self == .unless }
}

extension Frame {
    fileprivate var isEmpty: Bool { values.allSatisfy(\.isAbsent) }
}

extension BinaryOperation {
    /// Whether the result is another quantity, so that it loses the metric's name.
    var dropsName: Bool { returnsBool || !(operation.isComparison || operation.isSet) }

    /// A vector with a scalar.
    ///
    /// - Parameter isSwapped: The scalar stands on the left.
    fileprivate func applied(
        to vector: Frame, _ scalars: [Double], isSwapped: Bool
    ) throws(QueryError) -> Frame {
        var frame = vector
        let filters = operation.isComparison && !returnsBool
        frame.mapSteps { step, value in
            let result =
                isSwapped
                ? operation.apply(scalars[step], value) : operation.apply(value, scalars[step])
            // A filter keeps the element's own value, whichever side it stands on.
            return filters ? (result == 0 ? .absent : value) : result
        }
        if dropsName { try frame.dropNames(.merge) }
        return frame
    }
}
