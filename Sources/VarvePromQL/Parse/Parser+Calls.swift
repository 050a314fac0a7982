/// Selectors, calls of functions and aggregations.
extension Parser {
    mutating func selector() throws(PromQLError) -> (Selector, Range<Int>) {
        let start = token.range.lowerBound
        var name = ""
        var end = token.range.upperBound
        if token.kind != .leftBrace { name = try take().text }
        var matchers: [LabelMatcher] = []
        if token.kind == .leftBrace {
            try take()
            matchers = try self.matchers()
            end = token.range.upperBound
            try take()
        }
        if !name.isEmpty { matchers.append(LabelMatcher(Label.metricName, is: name)) }
        return (Selector(name: name, matchers: matchers), start..<end)
    }

    /// Up to the closing brace, which is left.
    private mutating func matchers() throws(PromQLError) -> [LabelMatcher] {
        var matchers: [LabelMatcher] = []
        if token.kind == .rightBrace { return matchers }
        while true {
            matchers.append(try matcher())
            if token.kind == .rightBrace { return matchers }
            guard try takes(.comma) else { throw unexpected("label matching", expected: "\",\" or \"}\"") }
            if token.kind == .rightBrace { return matchers }
        }
    }

    private mutating func matcher() throws(PromQLError) -> LabelMatcher {
        guard token.kind == .identifier else { throw unexpected("label matching", expected: "identifier or \"}\"") }
        let label = try take()
        let kind: LabelMatcher.Kind
        switch token.kind {
        case .equal: kind = .equal
        case .binary(.notEqual): kind = .notEqual
        case .matchesPattern: kind = .pattern
        case .matchesNotPattern: kind = .notPattern
        default: throw unexpected("label matching", expected: "label matching operator")
        }
        try take()
        guard token.kind == .string else { throw unexpected("label matching", expected: "string") }
        let value = try take()
        do throws(PromQLError) {
            return try LabelMatcher(label.text, kind, string(value), limits: limits)
        } catch {
            throw PromQLError(error.code, error.message, range: label.range.lowerBound..<value.range.upperBound)
        }
    }

    mutating func call() throws(PromQLError) -> Expression {
        let name = try take()
        let arguments = try self.arguments()
        let range = name.range.lowerBound..<lastClosing
        if let reason = Function.unsupported[name.text] {
            throw PromQLError(.unsupported, "function \(GoText.quoted(name.text)) is not supported: \(reason)", range: name.range)
        }
        guard let function = Function(rawValue: name.text) else {
            throw failure(name.range, "unknown function with name \(GoText.quoted(name.text))")
        }
        return Expression(kind: .call(function, arguments), range: range)
    }

    /// The arguments with their parentheses, the first of which comes next.
    private mutating func arguments() throws(PromQLError) -> [Expression] {
        try take()
        var arguments: [Expression] = []
        if try takes(.rightParen) { return arguments }
        while true {
            arguments.append(try expression(above: 0))
            if try takes(.rightParen) { return arguments }
            guard token.kind == .comma else { throw unexpected() }
            let comma = try take()
            if token.kind == .rightParen {
                throw failure(comma.range, "trailing commas not allowed in function call args")
            }
        }
    }

    /// Nil when the name of an operation stands here for a metric.
    mutating func aggregation(_ operation: AggregateOperator) throws(PromQLError) -> Expression? {
        switch try afterNext().kind {
        case .leftParen, .keyword(.by), .keyword(.without): break
        default: return nil
        }
        let name = try take()
        var (grouping, isWithout): ([String], Bool) = ([], false)
        var hasModifier = try modifier(&grouping, &isWithout)
        guard token.kind == .leftParen else { throw unexpected("aggregation") }
        let arguments = try self.arguments()
        if !hasModifier { hasModifier = try modifier(&grouping, &isWithout) }
        let range = name.range.lowerBound..<lastClosing
        guard let operand = arguments.last else {
            throw failure(range, "no arguments for aggregate expression provided")
        }
        let wanted = operation.hasParameter ? 2 : 1
        guard arguments.count == wanted else {
            throw failure(
                range,
                "wrong number of arguments for aggregate expression provided, expected \(wanted), got \(arguments.count)")
        }
        return Expression(
            kind: .aggregate(
                .init(
                    operation: operation, parameter: wanted == 2 ? arguments.first : nil, operand: operand,
                    grouping: grouping, isWithout: isWithout)),
            range: range)
    }

    private mutating func modifier(_ grouping: inout [String], _ isWithout: inout Bool) throws(PromQLError) -> Bool {
        switch token.kind {
        case .keyword(.by): isWithout = false
        case .keyword(.without): isWithout = true
        default: return false
        }
        try take()
        grouping = try groupingLabels()
        return true
    }
}
