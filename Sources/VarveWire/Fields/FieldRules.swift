/// The conversion of a record's fields: a mapping as it applies to one file.
struct FieldRules: Sendable {
    /// The distinct fields in use; sources refer to them by index.
    var fields: [String] = []
    /// Fields that a CSV file's header may lack.
    var optional: Set<String> = []
    var areAllOptional = false
    /// The first that yields a time counts.
    var times: [TimeRule] = []
    /// Sources whose texts, joined by `/`, are the id; empty for none.
    var id: [FieldSource] = []
    /// Whether parts of the id may be absent, as long as not all are.
    var isIDNullable = false
    var signal: FieldSource?
    var tenant: FieldSource?
    var component: FieldSource?
    var session: FieldSource?
    var user: FieldSource?
    var attributes: [AttributeRule] = []
    /// What happens to unnamed fields: they become attributes or are dropped; nil is the format's default.
    var rest: RestRule?
    /// Fields that are always dropped.
    var dropped: Set<String> = []
    /// The decimal separator.
    var point: UInt8 = 0x2E

    enum RestRule: String, CaseIterable, Sendable {
        case keep, drop
    }

    /// One rule for the time.
    struct TimeRule: Sendable {
        var source: FieldSource
        var notation: Notation
        var zone: TimeZoneRule?

        enum Notation: Sendable {
            case format(TimeFormat)
            case patterns([TimePattern])
        }
    }

    struct AttributeRule: Sendable {
        var name: String
        var source: FieldSource
        /// Nil keeps the value's own type.
        var type: FieldType?
        var scale: Decimal?
    }

    enum FieldType: String, CaseIterable, Sendable {
        case string, int, double, bool, json
    }
}
