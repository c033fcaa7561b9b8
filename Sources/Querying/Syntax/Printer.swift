import TimeSeries

extension Node: CustomStringConvertible {
    /// PromQL that parses to this node again.
    var description: String {
        switch self {
        case .number(let literal): literal.description
        case .string(let text): quoted(text)
        case .selector(let selector): "\(selector.text)\(selector.shift)"
        case .range(let selector, let range):
            "\(selector.text)[\(text(range, selector.openRange))]\(selector.shift)"
        case .subquery(let subquery): subquery.description
        case .unary(let isNegative, let inner): "\(isNegative ? "-" : "+")\(inner)"
        case .binary(let operation): operation.description
        case .aggregation(let aggregation): aggregation.description
        case .call(let call): call.description
        case .parentheses(let inner): "(\(inner))"
        }
    }
}

extension FunctionCall: CustomStringConvertible {
    var description: String {
        var texts = arguments.map(\.description)
        // What is asked of info series has its name in braces too.
        if function.name == Function.info, arguments.count > 1,
            case .selector(let selector) = arguments[1]
        {
            texts[1] = "{\(selector.matchers.map(\.description).joined(separator: ","))}"
        }
        return "\(function.name)(\(texts.joined(separator: ", ")))"
    }
}

extension NumberLiteral: CustomStringConvertible {
    var description: String {
        // Of +Inf ^ 2 the sign would be an operator.
        if value == .infinity { return "Inf" }
        let isUsual = value == 0 || (1e-7..<1e21).contains(abs(value))
        return isUsual || !value.isFinite ? formatted(value) : "\(value)"
    }
}

extension TimeShift: CustomStringConvertible {
    var description: String {
        var text = ""
        switch at {
        case .timestamp(let milliseconds): text += " @ \(formatted(Double(milliseconds) / 1000))"
        case .start: text += " @ start()"
        case .end: text += " @ end()"
        case nil: break
        }
        if let openOffset { text += " offset \(openOffset.expression)" }
        if let offset { text += " offset \(Duration.prometheusDescription(milliseconds: offset))" }
        return text
    }
}

extension Selector {
    /// The metric's name where the first condition is that it equals a name.
    var plainName: String? {
        guard let first = matchers.first, first.name == LabelSet.metricNameLabel,
            first.operation == .equal, !first.value.isEmpty
        else { return nil }
        return first.value
    }

    /// Name and matchers, without modifiers.
    var text: String {
        var conditions = matchers.map(\.description)
        var name = ""
        if let plainName {
            conditions.removeFirst()
            if isPlainMetricName(plainName),
                !Token.reserved.union(["inf", "nan"]).contains(plainName.lowercased())
            {
                name = plainName
            } else {
                conditions.insert(quoted(plainName), at: 0)
            }
        }
        return conditions.isEmpty && !name.isEmpty
            ? name : "\(name){\(conditions.joined(separator: ","))}"
    }
}

extension Subquery: CustomStringConvertible {
    var description: String {
        let stepText = step != nil || openStep != nil ? text(step ?? 0, openStep) : ""
        return "\(expression)[\(text(range, openRange)):\(stepText)]\(shift)"
    }
}

extension BinaryOperation: CustomStringConvertible {
    var description: String {
        var text = "\(left) \(operation.rawValue) "
        if returnsBool { text += "bool " }
        if let matching { text += matching.description }
        return text + right.description
    }
}

extension VectorMatching: CustomStringConvertible {
    /// Empty, or ending in a space.
    var description: String {
        var text = ""
        let isGrouped = cardinality == .manyToOne || cardinality == .oneToMany
        if isOn || !labels.isEmpty || isGrouped {
            text += "\(isOn ? "on" : "ignoring") (\(list(labels))) "
        }
        if isGrouped {
            text += cardinality == .manyToOne ? "group_left" : "group_right"
            text += " (\(list(included))) "
        }
        if let leftFill, leftFill == rightFill { return text + "fill (\(leftFill)) " }
        if let leftFill { text += "fill_left (\(leftFill)) " }
        if let rightFill { text += "fill_right (\(rightFill)) " }
        return text
    }
}

extension Aggregation: CustomStringConvertible {
    var description: String {
        let head =
            switch grouping {
            case .by([]): aggregator.rawValue
            case .by(let labels): "\(aggregator.rawValue) by (\(list(labels))) "
            case .without(let labels): "\(aggregator.rawValue) without (\(list(labels))) "
            }
        let first = parameter.map { "\($0), " } ?? ""
        return "\(head)(\(first)\(expression))"
    }
}

private func text(_ milliseconds: Int64, _ open: OpenDuration?) -> String {
    open?.expression.description ?? Duration.prometheusDescription(milliseconds: milliseconds)
}

private func list(_ labels: [String]) -> String {
    labels.map(quotedLabelName).joined(separator: ", ")
}
