/// Whether the parts of a tree fit each other, in the order and the words that Prometheus has.
struct TypeCheck {
    /// The query's bytes, to find an operator between its operands.
    let text: [UInt8]

    @discardableResult
    func check(_ node: Expression) throws(PromQLError) -> ValueKind {
        switch node.kind {
        case .number, .string: break
        case .selector(let selector): try check(selector, node.range)
        case .range(let selector, _): try check(selector, node.range)
        case .paren(let inner): try check(inner)
        case .negative(let inner), .positive(let inner):
            let kind = try check(inner)
            guard kind == .scalar || kind == .vector else {
                throw failure(
                    node.range,
                    "unary expression only allowed on expressions of type scalar or instant vector, got "
                        + GoText.quoted(kind.documented))
            }
        case .subquery(let subquery):
            let kind = try check(subquery.operand)
            guard kind == .vector else {
                throw failure(node.range, "subquery is only allowed on instant vector, got \(kind.rawValue) instead")
            }
        case .aggregate(let aggregation): try check(aggregation)
        case .binary(let binary): try check(binary, node.range)
        case .call(let function, let arguments): try check(function, arguments, node.range)
        }
        return node.valueKind
    }

    private func expect(_ node: Expression, _ wanted: ValueKind, _ context: String) throws(PromQLError) {
        let kind = try check(node)
        guard kind == wanted else {
            throw failure(node.range, "expected type \(wanted.documented) in \(context), got \(kind.documented)")
        }
    }

    private func check(_ selector: Selector, _ range: Range<Int>) throws(PromQLError) {
        guard selector.name.isEmpty else {
            if let other = selector.matchers.dropLast().first(where: { $0.name == Label.metricName }) {
                throw failure(
                    range,
                    "metric name must not be set twice: \(GoText.quoted(selector.name)) or \(GoText.quoted(other.value))")
            }
            return
        }
        guard selector.matchers.contains(where: { !$0.matches("") }) else {
            throw failure(range, "vector selector must contain at least one non-empty matcher")
        }
    }

    private func check(_ aggregation: Expression.Aggregation) throws(PromQLError) {
        try expect(aggregation.operand, .vector, "aggregation expression")
        guard let parameter = aggregation.parameter else { return }
        try expect(parameter, aggregation.operation == .countValues ? .string : .scalar, "aggregation parameter")
    }

    private func check(_ function: Function, _ arguments: [Expression], _ range: Range<Int>) throws(PromQLError) {
        let signature = function.signature
        let name = GoText.quoted(function.rawValue)
        let (wanted, given) = (signature.arguments.count, arguments.count)
        if signature.optional == 0 {
            guard wanted == given else {
                throw failure(range, "expected \(wanted) argument(s) in call to \(name), got \(given)")
            }
        } else {
            guard given >= wanted - 1 else {
                throw failure(range, "expected at least \(wanted - 1) argument(s) in call to \(name), got \(given)")
            }
            if let optional = signature.optional, given > wanted - 1 + optional {
                throw failure(range, "expected at most \(wanted - 1 + optional) argument(s) in call to \(name), got \(given)")
            }
        }
        for (index, argument) in arguments.enumerated() {
            try expect(argument, signature.arguments[min(index, wanted - 1)], "call to function \(name)")
        }
    }

    private func check(_ binary: Expression.BinaryOperation, _ range: Range<Int>) throws(PromQLError) {
        let (left, right) = (try check(binary.left), try check(binary.right))
        let (operation, matching) = (binary.operation, binary.matching)
        if binary.returnsBool, !operation.isComparison {
            throw failure(between(binary), "bool modifier can only be used on comparison operators")
        }
        if operation.isComparison, !binary.returnsBool, left == .scalar, right == .scalar {
            throw failure(between(binary), "comparisons between scalars must use BOOL modifier")
        }
        if matching.isOn, let twice = matching.labels.first(where: { matching.include.contains($0) }) {
            throw failure(between(binary), "label \(GoText.quoted(twice)) must not occur in ON and GROUP clause at once")
        }
        for (kind, side) in [(left, binary.left), (right, binary.right)] where kind != .scalar && kind != .vector {
            throw failure(side.range, "binary expression must contain only scalar and instant vector types")
        }
        if left == .scalar || right == .scalar {
            if !matching.labels.isEmpty { throw failure(range, "vector matching only allowed between instant vectors") }
            if operation.isSet {
                throw failure(
                    range, "set operator \(GoText.quoted(operation.rawValue)) not allowed in binary scalar expression")
            }
        } else if operation.isSet, matching.cardinality != .oneToOne {
            throw failure(range, "no grouping allowed for \(GoText.quoted(operation.rawValue)) operation")
        }
    }

    /// Where an operator stands, with its modifiers.
    private func between(_ binary: Expression.BinaryOperation) -> Range<Int> {
        var (start, end) = (binary.left.range.upperBound, binary.right.range.lowerBound)
        while start < end, start < text.count, text[start].isBlank { start += 1 }
        while end > start, end <= text.count, text[end - 1].isBlank { end -= 1 }
        return start..<end
    }

    private func failure(_ range: Range<Int>, _ message: String) -> PromQLError {
        PromQLError(.syntax, message, range: range)
    }
}
