/// What the fields of a record become: a mapping, as it holds for one file.
struct FieldRules: Sendable {
    /// The fields that are used, each once; sources name them by number.
    var fields: [String] = []
    /// Fields that a CSV file's header may lack.
    var optional: Set<String> = []
    var areAllOptional = false
    /// The first that gives a time counts.
    var times: [TimeRule] = []
    /// Sources whose texts, joined by `/`, are the id; empty for none.
    var id: [FieldSource] = []
    /// Whether a part of the id may be absent, as long as not all are.
    var isIDNullable = false
    var signal: FieldSource?
    var tenant: FieldSource?
    var component: FieldSource?
    var session: FieldSource?
    var user: FieldSource?
    var attributes: [AttributeRule] = []
    /// What becomes of fields that are not named: attributes, or nothing; nil is as the format has it.
    var rest: RestRule?
    /// Fields that are left out in any case.
    var dropped: Set<String> = []
    /// The character before a number's fraction.
    var point: UInt8 = 0x2E

    enum RestRule: String, CaseIterable, Sendable {
        case keep, drop
    }

    /// One way to find the time.
    struct TimeRule: Sendable {
        var source: FieldSource
        var manner: Manner
        var zone: TimeZoneRule?

        enum Manner: Sendable {
            case format(TimeFormat)
            case patterns([TimePattern])
        }
    }

    struct AttributeRule: Sendable {
        var name: String
        var source: FieldSource
        /// Nil keeps the type that the value has.
        var type: FieldType?
        var scale: Decimal?
    }

    enum FieldType: String, CaseIterable, Sendable {
        case string, int, double, bool, json
    }
}
