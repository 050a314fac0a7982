// The syntax of every `--where`: a field, an operator, a value.
//
//     status>=500     path~/api/     component="Pay Button"     data.user=7     session=     session!=
//
// An unquoted value is a number if it looks like one, and a boolean if it is `true` or `false`; it also matches as text:
// `status=200` holds for the number 200 and for the text "200". A quoted value is a text. `field=` selects events without the
// field, `field!=` events with it.

/// A comparison of one field with a value.
///
/// Except for `field=` it never holds for an event without the field, not even with `!=`. Numbers compare by value whatever
/// their type, texts by their UTF-8 bytes; values of different kinds are unequal and unordered.
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
        /// No value after the operator: absent, or an empty text.
        case absent
        /// A value without quotes.
        case word(String)
        /// A quoted value: a text, whatever it looks like.
        case text(String)
    }

    /// The field as typed: `signal`, a field of the envelope (`id`, `tenant`, `component`, `session`, `user`), else an
    /// attribute; `data.NAME` is always an attribute.
    public var field: String
    public var comparison: Comparison
    public var operand: Operand

    /// A condition with an unquoted value.
    public init(_ field: String, _ comparison: Comparison, _ value: String) {
        self.init(field, comparison, value.isEmpty ? .absent : .word(value))
    }

    public init(_ field: String, _ comparison: Comparison, _ operand: Operand) {
        self.field = field
        self.comparison = comparison
        self.operand = operand
    }

    /// Whether `value` passes; nil stands for an absent field. For many values use `test`.
    public func holds(_ value: Value?) -> Bool { test.holds(value) }

    /// The condition prepared for many values.
    public var test: FieldTest { FieldTest(comparison, candidates) }

    /// The values that the operand may stand for: first the number or boolean that it looks like, last the text.
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

    /// The columns that may hold the field; empty for the signal, which is part of the batch.
    public var keys: [ColumnKey] {
        if isOfSignal { return [] }
        if let key = ColumnKey.envelope.first(where: { $0.name == field }) { return [key] }
        return ValueType.allCases.map { ColumnKey(.attribute, name, $0) }
    }

    public var isOfSignal: Bool { field == "signal" }

    /// The field without the prefix `data.`.
    public var name: String {
        field.hasPrefix("data.") && field.utf8.count > 5 ? String(field.dropFirst(5)) : field
    }
}
