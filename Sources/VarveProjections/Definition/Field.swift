internal import VarveEvents

/// What a view reads of an event, by the name an author writes.
///
/// `signal`, `id`, `tenant`, `component`, `session` and `user` are the envelope's; every other name is an attribute, and
/// `data.NAME` is always an attribute, also one that is called like an envelope field. A name stands for the value, not for one
/// column: integers and fractions under one name are two columns of a batch and one field here.
public struct Field: Hashable, Sendable, CustomStringConvertible {
    /// Where the value stands.
    public enum Place: UInt8, Hashable, Sendable {
        case signal = 0
        case envelope = 1
        case attribute = 2
    }

    public let place: Place
    /// The envelope's name or the attribute's, without `data.`.
    public let name: String

    /// The field an author calls `text`.
    public init(_ text: String) {
        if text == "signal" {
            place = .signal
            name = text
        } else if text.hasPrefix("data."), text.utf8.count > 5 {
            place = .attribute
            name = String(text.dropFirst(5))
        } else if ColumnKey.envelope.contains(where: { $0.name == text }) {
            place = .envelope
            name = text
        } else {
            place = .attribute
            name = text
        }
    }

    public static let signal = Field("signal")

    /// The hour of the week in the view's zone, made from the event's time: 0 is Monday from 00:00 to 01:00, 167 the last of
    /// Sunday. No attribute has that name.
    static let hourOfWeek = Field("data.\u{0}hour_of_week")

    /// The hour of the day in the view's zone, 0 to 23, made likewise.
    static let hourOfDay = Field("data.\u{0}hour_of_day")

    /// The name that reads back as this field.
    public var description: String {
        place == .attribute && Field(name).place != .attribute ? "data.\(name)" : name
    }

    /// The columns that can hold the field's value.
    var columns: [ColumnKey] {
        switch place {
        case .signal: []
        case .envelope: [ColumnKey(.envelope, name, .string)]
        case .attribute: ValueType.allCases.map { ColumnKey(.attribute, name, $0) }
        }
    }

    /// The columns among them that hold numbers.
    var numericColumns: [ColumnKey] {
        columns.filter { $0.type == .int64 || $0.type == .double }
    }
}
