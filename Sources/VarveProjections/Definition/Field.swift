internal import VarveEvents

/// A value that a view reads from an event, by name.
///
/// `signal`, `id`, `tenant`, `component`, `session` and `user` are envelope fields; every other name is an attribute.
/// `data.NAME` is always an attribute, even if an envelope field has the same name. A name stands for the value, not for one
/// column: integers and fractions under one name are two columns of a batch but one field.
public struct Field: Hashable, Sendable, CustomStringConvertible {
    /// Where the value is stored.
    public enum Place: UInt8, Hashable, Sendable {
        case signal = 0
        case envelope = 1
        case attribute = 2
    }

    public let place: Place
    /// The envelope field's name, or the attribute's without `data.`.
    public let name: String

    /// Parses the name `text`.
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

    /// The hour of the week in the view's zone, derived from the event time: 0 is Monday 00:00 to 01:00, 167 the last hour of
    /// Sunday. No attribute can have this name.
    static let hourOfWeek = Field("data.\u{0}hour_of_week")

    /// The hour of the day in the view's zone, 0 to 23, derived in the same way.
    static let hourOfDay = Field("data.\u{0}hour_of_day")

    /// The name that parses to this field.
    public var description: String {
        place == .attribute && Field(name).place != .attribute ? "data.\(name)" : name
    }

    /// The columns that can contain the field's value.
    var columns: [ColumnKey] {
        switch place {
        case .signal: []
        case .envelope: [ColumnKey(.envelope, name, .string)]
        case .attribute: ValueType.allCases.map { ColumnKey(.attribute, name, $0) }
        }
    }

    /// The numeric ones among them.
    var numericColumns: [ColumnKey] {
        columns.filter { $0.type == .int64 || $0.type == .double }
    }

    /// The columns of values that are not numbers.
    var otherColumns: [ColumnKey] {
        columns.filter { $0.type != .int64 && $0.type != .double }
    }
}
