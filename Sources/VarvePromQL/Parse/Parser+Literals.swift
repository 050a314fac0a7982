extension Parser {
    func number(_ token: Token) throws(PromQLError) -> Double {
        if let integer = Self.integer(token.text) { return Double(integer) }
        if let number = GoText.double(token.text) { return number }
        let isTooLarge = Double(token.text)?.isInfinite == true
        throw failure(
            token.range,
            "error parsing number: strconv.ParseFloat: parsing \(GoText.quoted(token.text)): "
                + (isTooLarge ? "value out of range" : "invalid syntax"))
    }

    /// Hexadecimal with 0x, octal with 0, else decimal.
    private static func integer(_ text: String) -> Int64? {
        let lowered = text.lowercased()
        if lowered.hasPrefix("0x") { return Int64(lowered.dropFirst(2), radix: 16) }
        if lowered.count > 1, lowered.hasPrefix("0") { return Int64(lowered.dropFirst(), radix: 8) }
        return Int64(lowered)
    }

    func string(_ token: Token) throws(PromQLError) -> String {
        let text: String?
        do throws(PromQLError) {
            text = try EscapeReader.unquoted(token.text)
        } catch {
            throw failure(token.range, error.message)
        }
        guard let text else {
            throw PromQLError(.unsupported, "strings that are not UTF-8 are not supported", range: token.range)
        }
        return text
    }

    /// A duration that must come next.
    mutating func duration(_ context: String, expected: String) throws(PromQLError) -> Int64 {
        guard token.kind == .duration else { throw unexpected(context, expected: expected) }
        let token = try take()
        let milliseconds: Int64
        do throws(PromQLError) {
            milliseconds = try DurationText.milliseconds(token.text)
        } catch {
            throw failure(token.range, error.message)
        }
        guard milliseconds > 0 else { throw failure(token.range, "duration must be greater than 0") }
        return milliseconds
    }

    /// `(a, b)` behind `by`, `on` and the like.
    mutating func groupingLabels() throws(PromQLError) -> [String] {
        guard try takes(.leftParen) else { throw unexpected("grouping opts", expected: "\"(\"") }
        var labels: [String] = []
        if try takes(.rightParen) { return labels }
        while true {
            guard token.isGroupingName, Label.isValidName(token.text) else {
                throw unexpected("grouping opts", expected: "label")
            }
            labels.append(try take().text)
            if try takes(.rightParen) { return labels }
            guard try takes(.comma) else { throw unexpected("grouping opts", expected: "\",\" or \")\"") }
            if try takes(.rightParen) { return labels }
        }
    }

    /// What stands between an operator and its right side.
    mutating func modifiers() throws(PromQLError) -> (returnsBool: Bool, Expression.Matching) {
        let returnsBool = try takes(.keyword(.bool))
        var matching = Expression.Matching()
        switch token.kind {
        case .keyword(.on), .keyword(.ignoring):
            matching.isOn = token.kind == .keyword(.on)
            try take()
            matching.labels = try groupingLabels()
        default: return (returnsBool, matching)
        }
        switch token.kind {
        case .keyword(.groupLeft): matching.cardinality = .manyToOne
        case .keyword(.groupRight): matching.cardinality = .oneToMany
        default: return (returnsBool, matching)
        }
        try take()
        // A parenthesis here always opens labels, never the right side.
        if token.kind == .leftParen { matching.include = try groupingLabels() }
        return (returnsBool, matching)
    }

}
