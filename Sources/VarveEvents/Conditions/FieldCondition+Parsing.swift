extension FieldCondition {
    private static let marks: Set<Character> = ["=", "!", "<", ">", "~"]

    /// Parses `field=value`, `field >= value`, `field="a value"` and so on. In quotes, `"` or `'`, a backslash escapes the next
    /// character.
    public init(parsing text: String) throws(FieldConditionError) {
        guard let start = text.firstIndex(where: Self.marks.contains) else {
            throw FieldConditionError(text, "there is no operator in it")
        }
        let field = Self.trimmed(text[..<start])
        guard !field.isEmpty, field != "data." else { throw FieldConditionError(text, "there is no field before the operator") }
        let symbol = text[start...].prefix { Self.marks.contains($0) }
        let known = Self.Comparison.allCases.first { text[start...].hasPrefix($0.rawValue) }
        guard let comparison = symbol == "==" ? .equal : known, symbol != "=~", symbol != "!~" else {
            throw FieldConditionError(text, "'\(symbol)' is not an operator")
        }
        let length = symbol == "==" ? 2 : comparison.rawValue.count
        let operand = try Self.operand(Self.trimmed(text[start...].dropFirst(length)), of: text)
        if operand == .absent, comparison != .equal, comparison != .notEqual {
            throw FieldConditionError(text, "there is no value after the operator")
        }
        // `a=>5` compares with the text `>5`, which nobody means.
        if case .word(let word) = operand, let first = word.first, Self.marks.contains(first) {
            let symbol = comparison.rawValue + String(first)
            throw FieldConditionError(text, "'\(symbol)' is not an operator; a value like '\(word)' needs quotes")
        }
        self.init(field, comparison, operand)
    }

    private static func operand(_ text: String, of whole: String) throws(FieldConditionError) -> Operand {
        guard let quote = text.first else { return .absent }
        guard quote == "\"" || quote == "'" else { return .word(text) }
        var value = ""
        var isEscaped = false
        var rest = text.dropFirst()
        while let next = rest.popFirst() {
            if isEscaped || next != "\\" && next != quote {
                value.append(next)
                isEscaped = false
            } else if next == "\\" {
                isEscaped = true
            } else if rest.isEmpty {
                return .text(value)
            } else {
                throw FieldConditionError(whole, "there is text after the closing quote")
            }
        }
        throw FieldConditionError(whole, "the quote is not closed")
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
