/// One value of a record, as typed by its format. Text is valid until the next record is read.
enum FieldValue {
    /// Missing, null, or an empty text.
    case absent
    case text(UnsafeRawBufferPointer)
    case int64(Int64)
    /// A number with a fraction or exponent, with its digits as written.
    case double(Double, text: UnsafeRawBufferPointer)
    case bool(Bool)
    /// A list or an object, as minified JSON.
    case json(UnsafeRawBufferPointer)

    /// An empty text is an absent value, in every format.
    init(text: UnsafeRawBufferPointer) {
        self = text.isEmpty ? .absent : .text(text)
    }

    var isAbsent: Bool {
        if case .absent = self { true } else { false }
    }

    /// The value as text: as written, or `true` and `false`. Nil if absent.
    func asText(_ arena: TextArena) -> UnsafeRawBufferPointer? {
        switch self {
        case .absent: nil
        case .text(let text), .double(_, let text), .json(let text): text
        case .int64(let value): arena.keep(String(value))
        case .bool(let value): arena.keep(value ? "true" : "false")
        }
    }
}
