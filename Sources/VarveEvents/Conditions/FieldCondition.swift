// What every `--where` takes: a field, an operator, a value.
//
//     status>=500     path~/api/     component="Pay Button"     data.user=7     session=     session!=
//
// A value without quotes is a number where it looks like one and a truth value where it is `true` or `false`; as a text it
// counts too: `status=200` holds for the number 200 and for the text "200". A value in quotes is a text. Nothing behind `=` asks
// for events without the field, nothing behind `!=` for those with it.

/// A comparison of one field.
///
/// Except for `field=` it never holds for an event without the field, `!=` included. Numbers compare by value whatever their
/// type, texts by their UTF-8 bytes; values of different kinds are unequal and have no order.
public struct FieldCondition: Hashable, Sendable {
    public enum Comparison: String, CaseIterable, Sendable {
        case notEqual = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case equal = "="
        case less = "<"
        case greater = ">"
        /// The text contains the value.
        case contains = "~"
    }

    /// What the field is compared with.
    public enum Operand: Hashable, Sendable {
        /// Nothing behind the operator: absent, or an empty text.
        case absent
        /// Typed without quotes.
        case word(String)
        /// Typed in quotes: a text, whatever it looks like.
        case text(String)
    }

    /// As it was typed: `signal`, a field of the envelope (`id`, `tenant`, `component`, `session`, `user`), else an attribute;
    /// `data.NAME` is always an attribute.
    public var field: String
    public var comparison: Comparison
    public var operand: Operand

    /// A condition whose value was typed without quotes.
    public init(_ field: String, _ comparison: Comparison, _ value: String) {
        self.init(field, comparison, value.isEmpty ? .absent : .word(value))
    }

    public init(_ field: String, _ comparison: Comparison, _ operand: Operand) {
        self.field = field
        self.comparison = comparison
        self.operand = operand
    }

    /// Whether `value`, nil for an absent one, passes. For many values ask `test`.
    public func holds(_ value: Value?) -> Bool { test.holds(value) }

    /// The condition made ready for many values.
    public var test: FieldTest { FieldTest(comparison, candidates) }

    /// The values that the operand may stand for: the number or truth value it looks like first, the text last.
    public var candidates: [Value] {
        switch operand {
        case .absent: []
        case .text(let text): [.string(text)]
        case .word(let word): (Self.typed(word).map { [$0] } ?? []) + [.string(word)]
        }
    }

    private static func typed(_ word: String) -> Value? {
        if word == "true" || word == "false" { return .bool(word == "true") }
        guard let first = word.utf8.first, word.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
            "0123456789+-.".utf8.contains(first)
        else { return nil }
        if let number = Int64(word) { return .int64(number) }
        return Double(word).map { .double($0) }
    }

    /// The columns that may hold the field; none for the signal, which is part of the batch.
    public var keys: [ColumnKey] {
        if isOfSignal { return [] }
        if let key = ColumnKey.envelope.first(where: { $0.name == field }) { return [key] }
        return ValueType.allCases.map { ColumnKey(.attribute, name, $0) }
    }

    public var isOfSignal: Bool { field == "signal" }

    /// The field without `data.` in front.
    public var name: String {
        field.hasPrefix("data.") && field.utf8.count > 5 ? String(field.dropFirst(5)) : field
    }
}
