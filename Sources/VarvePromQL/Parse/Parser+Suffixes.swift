/// What stands behind an operand: a range, `offset`, `@`.
extension Parser {
    mutating func suffix(_ operand: inout Expression) throws(PromQLError) -> Bool {
        switch token.kind {
        case .leftBracket: operand = try bracket(operand)
        case .keyword(.offset): try offset(&operand)
        case .at: try moment(&operand)
        default: return false
        }
        return true
    }

    private mutating func bracket(_ operand: Expression) throws(PromQLError) -> Expression {
        let open = try take()
        let range = try duration("subquery selector", expected: "duration")
        if token.kind == .rightBracket {
            let close = try take()
            guard case .selector(let selector) = operand.kind else {
                throw failure(open.range.lowerBound..<close.range.upperBound, "ranges only allowed for vector selectors")
            }
            if selector.shift.offset != 0 {
                throw failure(open.range.lowerBound..<close.range.upperBound, "no offset modifiers allowed before range")
            }
            if case .at = selector.shift.moment {
                throw failure(open.range.lowerBound..<close.range.upperBound, "no @ modifiers allowed before range")
            }
            return Expression(kind: .range(selector, range), range: operand.range.lowerBound..<lastClosing)
        }
        guard try takes(.colon) else { throw unexpected("subquery or range", expected: "\":\" or \"]\"") }
        var step: Int64?
        if token.kind != .rightBracket {
            guard token.kind == .duration else { throw unexpected("subquery selector", expected: "duration or \"]\"") }
            step = try duration("subquery selector", expected: "duration or \"]\"")
        }
        guard token.kind == .rightBracket else { throw unexpected("subquery selector", expected: "\"]\"") }
        let close = try take()
        return Expression(
            kind: .subquery(.init(operand: operand, range: range, step: step)),
            range: operand.range.lowerBound..<close.range.upperBound)
    }

    private mutating func offset(_ operand: inout Expression) throws(PromQLError) {
        try take()
        let isNegative = try takes(.binary(.subtract))
        let size = try duration("offset", expected: "duration")
        let range = operand.range
        guard var shift = Self.shift(of: operand) else {
            throw failure(
                range,
                "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery")
        }
        if shift.offset != 0 { throw failure(range, "offset may not be set multiple times") }
        shift.offset = isNegative ? -size : size
        Self.set(shift, of: &operand)
        operand.range = range.lowerBound..<max(range.upperBound, lastClosing)
    }

    private mutating func moment(_ operand: inout Expression) throws(PromQLError) {
        try take()
        let moment = try momentValue(operand.range)
        let range = operand.range
        guard var shift = Self.shift(of: operand) else {
            throw failure(
                range, "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery")
        }
        if shift.moment != nil { throw failure(range, "@ <timestamp> may not be set multiple times") }
        shift.moment = moment
        Self.set(shift, of: &operand)
        operand.range = range.lowerBound..<max(range.upperBound, lastClosing)
    }

    private mutating func momentValue(_ operand: Range<Int>) throws(PromQLError) -> TimeShift.Moment {
        switch token.kind {
        case .keyword(.start), .keyword(.end):
            let isStart = try take().kind == .keyword(.start)
            guard try takes(.leftParen) else { throw unexpected("@", expected: "timestamp") }
            guard try takes(.rightParen) else { throw unexpected("@", expected: "timestamp") }
            return isStart ? .start : .end
        case .number, .binary(.add), .binary(.subtract):
            var sign = 1.0
            if token.kind != .number { sign = try take().kind == .binary(.subtract) ? -1 : 1 }
            guard token.kind == .number else { throw unexpected("@", expected: "timestamp") }
            let seconds = sign * (try number(try take()))
            let milliseconds = (seconds * 1000).rounded(.toNearestOrAwayFromZero)
            guard seconds.isFinite, let time = Int64(exactly: milliseconds), time.magnitude < 1 << 60 else {
                throw failure(operand, "timestamp out of bounds for @ modifier: \(GoText.plain(seconds))")
            }
            return .at(time)
        default: throw unexpected("@", expected: "timestamp")
        }
    }

    private static func shift(of expression: Expression) -> TimeShift? {
        switch expression.kind {
        case .selector(let selector), .range(let selector, _): selector.shift
        case .subquery(let subquery): subquery.shift
        default: nil
        }
    }

    private static func set(_ shift: TimeShift, of expression: inout Expression) {
        switch expression.kind {
        case .selector(var selector):
            selector.shift = shift
            expression.kind = .selector(selector)
        case .range(var selector, let range):
            selector.shift = shift
            expression.kind = .range(selector, range)
        case .subquery(var subquery):
            subquery.shift = shift
            expression.kind = .subquery(subquery)
        default: break
        }
    }
}
