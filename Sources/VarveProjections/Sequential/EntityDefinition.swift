// Things that have a life, as data: an incident is opened, changes its status and is closed; a threshold or a configuration is
// set again and again; an integration is up, degraded, down. One definition says which events do what to which thing:
//
//     EntityDefinition(
//         "incidents", key: ["incident_id"],
//         rules: [
//             .opens("incident.opened", status: .field("status", default: "open")),
//             .closes("incident.updated", when: .field("status", isOneOf: "resolved", "closed"), status: .field("status")),
//             .updates("incident.updated", status: .field("status")),
//         ],
//         attributes: [.first("title"), .last("severity")])
//
// The first rule that fits an event is the one that applies. What comes of it: the state of each thing as of any offset, its
// transitions with their times, and the time it has spent in each status.

internal import VarveEvents

/// A sequential projection of things with a status, declared as data.
public struct EntityDefinition: Hashable, Sendable {
    public var name: String
    public var version: Int
    /// The fields that together say which thing an event is about. An event without any of them is about none.
    public var key: [Field]
    /// The first that fits an event applies.
    public var rules: [EntityRule]
    /// What else is kept of a thing.
    public var attributes: [EntityAttribute]
    /// Transitions of a thing that are kept, the newest; all are counted.
    public var transitionsKept: Int
    public var limits: SequentialLimits

    public init(
        _ name: String, version: Int = 1, key: [String], rules: [EntityRule], attributes: [EntityAttribute] = [],
        transitionsKept: Int = 32, limits: SequentialLimits = SequentialLimits()
    ) {
        precondition(!key.isEmpty && !rules.isEmpty, "entities \(name) need a key and a rule")
        self.name = name
        self.version = version
        self.key = key.map { Field($0) }
        self.rules = rules
        self.attributes = attributes
        self.transitionsKept = transitionsKept
        self.limits = limits
    }
}

/// What events do to a thing.
public struct EntityRule: Hashable, Sendable {
    public enum Effect: UInt8, Hashable, Sendable {
        /// It is open from now on: it begins, or begins again.
        case opens = 1
        /// It changes. One that was never opened is open from now on: its opening may be older than the log.
        case updates = 2
        /// It is over.
        case closes = 3
    }

    public var effect: Effect
    public var signals: SignalFilter
    public var condition: Condition?
    public var status: EntityStatus

    public init(_ effect: Effect, _ signals: SignalFilter, when condition: Condition? = nil, status: EntityStatus) {
        self.effect = effect
        self.signals = signals
        self.condition = condition
        self.status = status
    }

    public static func opens(
        _ signals: String..., when condition: Condition? = nil, status: EntityStatus = .named("open")
    ) -> EntityRule {
        EntityRule(.opens, SignalFilter(names: signals), when: condition, status: status)
    }

    public static func updates(
        _ signals: String..., when condition: Condition? = nil, status: EntityStatus = .kept
    ) -> EntityRule {
        EntityRule(.updates, SignalFilter(names: signals), when: condition, status: status)
    }

    public static func closes(
        _ signals: String..., when condition: Condition? = nil, status: EntityStatus = .named("closed")
    ) -> EntityRule {
        EntityRule(.closes, SignalFilter(names: signals), when: condition, status: status)
    }

    /// The whole rule as one condition.
    var whole: Condition {
        var parts: [Condition] = signals.prefixes.map { .hasPrefix(.signal, $0) }
        if !signals.names.isEmpty { parts.append(.isIn(.signal, signals.names.map { .string($0) })) }
        let signal: [Condition] = parts.isEmpty ? [] : [.any(parts)]
        return .all(signal + [condition].compactMap { $0 })
    }
}

/// The status that a rule gives a thing.
public enum EntityStatus: Hashable, Sendable {
    case named(String)
    /// The value of a field. Where the event lacks it the thing keeps its status; a new thing gets the default.
    case field(Field, default: String)
    /// The status it has; a new thing is `open`, or `closed` by a rule that closes.
    case kept

    public static func field(_ name: String, default other: String = "open") -> EntityStatus {
        .field(Field(name), default: other)
    }
}

/// A value kept of a thing, from those of its events that have the field.
public struct EntityAttribute: Hashable, Sendable {
    public enum Choice: UInt8, Hashable, Sendable {
        case first = 1
        case last = 2
        case least = 3
        case greatest = 4
        /// Kept in millionths, exactly.
        case sum = 5
    }

    /// The column.
    public var name: String
    public var field: Field
    public var choice: Choice

    public init(_ choice: Choice, _ field: String, as name: String? = nil) {
        self.field = Field(field)
        self.name = name ?? self.field.name
        self.choice = choice
    }

    public static func first(_ field: String, as name: String? = nil) -> Self { Self(.first, field, as: name) }
    public static func last(_ field: String, as name: String? = nil) -> Self { Self(.last, field, as: name) }
    public static func least(_ field: String, as name: String? = nil) -> Self { Self(.least, field, as: name) }
    public static func greatest(_ field: String, as name: String? = nil) -> Self { Self(.greatest, field, as: name) }
    public static func sum(_ field: String, as name: String? = nil) -> Self { Self(.sum, field, as: name) }
}

extension Condition {
    /// A field is one of some texts.
    public static func field(_ name: String, isOneOf texts: String...) -> Condition {
        .isIn(Field(name), texts.map { .string($0) })
    }
}
