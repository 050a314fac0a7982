// Things that have a life, as data: an incident is opened, changes its status and is closed; a threshold or a configuration is
// set again and again; an integration is up, degraded, down. One definition says which events do what to which thing:
//
//     EntityDefinition(
//         "incidents", key: ["incident_id"],
//         rules: [
//             .opens("incident.opened", status: .field("status", default: "open")),
//             .closes("incident.updated", when: .field("status", isWord: "resolved", "closed"), status: .field("status")),
//             .updates("incident.updated", status: .field("status")),
//         ],
//         attributes: [.first("title"), .last("severity")], order: ["investigating", "identified", "monitoring"])
//
// The first rule that fits an event is the one that applies. What comes of it: the state of each thing as of any offset, its
// transitions with their times, and the time it has spent in each status.
//
// Changes count by the events' own time, in whatever order the log has them. What happened at one moment is ordered by what it
// says: what opens, what changes, what closes; changes by `order`, then by their status.

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
    /// Statuses, in lower case, in the order in which they follow each other within one moment.
    public var order: [String]
    /// Changes of a thing that are kept one by one, the newest: an event that comes late finds its place among them, and an
    /// older one is counted in `late_unapplied`. All transitions are counted.
    public var transitionsKept: Int
    public var limits: SequentialLimits
    /// The version whose things this one takes over where events have expired.
    public var continues: Int?

    public init(
        _ name: String, version: Int = 1, key: [String], rules: [EntityRule], attributes: [EntityAttribute] = [],
        order: [String] = [], transitionsKept: Int = 32, limits: SequentialLimits = SequentialLimits(), continues: Int? = nil
    ) {
        precondition(!key.isEmpty && !rules.isEmpty, "entities \(name) need a key and a rule")
        self.name = name
        self.version = version
        self.key = key.map { Field($0) }
        self.rules = rules
        self.attributes = attributes
        self.order = order
        self.transitionsKept = transitionsKept
        self.limits = limits
        self.continues = continues
    }
}

extension Condition {
    /// A field is one of some texts.
    public static func field(_ name: String, isOneOf texts: String...) -> Condition {
        .isIn(Field(name), texts.map { .string($0) })
    }

    /// A field's text is one of some words, in small letters or capitals (ASCII).
    public static func field(_ name: String, isWord words: String...) -> Condition {
        .isWord(Field(name), words)
    }
}
