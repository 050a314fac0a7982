/// Makes a tree of a query's text. The first thing that is wrong is thrown, in the words that Prometheus has for it.
struct Parser {
    private var lexer: Lexer
    /// What comes next.
    var token: Token
    let limits: PromQLLimits
    private var depth = 0
    /// Where the last token ended that can end an expression.
    var lastClosing = 0

    static func parse(_ text: String, _ limits: PromQLLimits) throws(PromQLError) -> Expression {
        var parser = try Parser(text, limits)
        if parser.token.kind == .end { throw PromQLError(.syntax, "no expression found in input", range: 0..<0) }
        let expression = try parser.expression(above: 0)
        guard parser.token.kind == .end else { throw parser.unexpected() }
        return expression
    }

    /// A selector alone, as `match[]` has it.
    static func selector(_ text: String, _ limits: PromQLLimits) throws(PromQLError) -> Selector {
        var parser = try Parser(text, limits)
        guard parser.token.isMetricName || parser.token.kind == .leftBrace else { throw parser.unexpected() }
        let (selector, _) = try parser.selector()
        guard parser.token.kind == .end else { throw parser.unexpected() }
        return selector
    }

    private init(_ text: String, _ limits: PromQLLimits) throws(PromQLError) {
        guard text.utf8.count <= limits.textBytes else {
            throw PromQLError(.unsupported, "the query has more than \(limits.textBytes) bytes", range: 0..<0)
        }
        lexer = Lexer(text)
        self.limits = limits
        token = try lexer.token()
    }

    // MARK: Tokens

    /// Takes what comes next.
    @discardableResult
    mutating func take() throws(PromQLError) -> Token {
        let taken = token
        switch taken.kind {
        case .rightBrace, .rightParen, .rightBracket, .duration, .number: lastClosing = taken.range.upperBound
        default: break
        }
        if taken.kind != .end { token = try lexer.token() }
        return taken
    }

    mutating func takes(_ kind: Token.Kind) throws(PromQLError) -> Bool {
        guard token.kind == kind else { return false }
        try take()
        return true
    }

    func unexpected(_ context: String = "", expected: String = "") -> PromQLError {
        failure(
            token.range,
            "unexpected \(token.described)" + (context.isEmpty ? "" : " in \(context)")
                + (expected.isEmpty ? "" : ", expected \(expected)"))
    }

    func failure(_ range: Range<Int>, _ message: String) -> PromQLError { PromQLError(.syntax, message, range: range) }

    private mutating func goDeeper() throws(PromQLError) {
        depth += 1
        guard depth <= limits.depth else {
            throw PromQLError(.unsupported, "the query is nested more than \(limits.depth) levels deep", range: token.range)
        }
    }

    // MARK: Expressions

    /// An expression of operators that bind tighter than `precedence`.
    mutating func expression(above precedence: Int) throws(PromQLError) -> Expression {
        let outside = depth
        defer { depth = outside }
        try goDeeper()
        var left = try operand()
        while case .binary(let operation) = token.kind, operation.precedence > precedence {
            // A chain of operators of one kind is a tree as deep as it is long.
            try goDeeper()
            try take()
            let (returnsBool, matching) = try modifiers()
            let right = try expression(above: operation.precedence - (operation.isRightAssociative ? 1 : 0))
            let range = left.range.lowerBound..<max(left.range.upperBound, right.range.upperBound)
            left = Expression(
                kind: .binary(
                    .init(operation: operation, left: left, right: right, returnsBool: returnsBool, matching: matching)),
                range: range)
        }
        return left
    }

    /// An operand with its sign, and all that stands behind it.
    private mutating func operand() throws(PromQLError) -> Expression {
        switch token.kind {
        case .binary(.add), .binary(.subtract):
            let sign = try take()
            let inner = try expression(above: BinaryOperator.signPrecedence)
            let range = sign.range.lowerBound..<inner.range.upperBound
            let isNegative = sign.kind == .binary(.subtract)
            if case .number(let number) = inner.kind {
                return Expression(kind: .number(isNegative ? -number : number), range: range)
            }
            return Expression(kind: isNegative ? .negative(inner) : .positive(inner), range: range)
        default:
            var inner = try primary()
            while try suffix(&inner) { try goDeeper() }
            return inner
        }
    }

    private mutating func primary() throws(PromQLError) -> Expression {
        switch token.kind {
        case .number:
            let token = try take()
            return Expression(kind: .number(try number(token)), range: token.range)
        case .string:
            let token = try take()
            return Expression(kind: .string(try string(token)), range: token.range)
        case .leftParen:
            let open = try take()
            let inner = try expression(above: 0)
            guard token.kind == .rightParen else { throw unexpected() }
            let close = try take()
            return Expression(kind: .paren(inner), range: open.range.lowerBound..<close.range.upperBound)
        case .leftBrace: return try selectorExpression()
        default: break
        }
        guard token.isMetricName else { throw unexpected() }
        if case .aggregator(let operation) = token.kind, let aggregation = try aggregation(operation) { return aggregation }
        if token.kind == .identifier, try nextIsParen() { return try call() }
        return try selectorExpression()
    }

    /// Whether an opening parenthesis stands behind the next token.
    func nextIsParen() throws(PromQLError) -> Bool {
        var ahead = lexer
        return try ahead.token().kind == .leftParen
    }

    /// What stands behind the next token.
    func afterNext() throws(PromQLError) -> Token {
        var ahead = lexer
        return try ahead.token()
    }

    private mutating func selectorExpression() throws(PromQLError) -> Expression {
        let (selector, range) = try selector()
        return Expression(kind: .selector(selector), range: range)
    }
}
