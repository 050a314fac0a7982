// Things with a status, defined by data: an incident is opened, changes its status and is closed; a threshold or a setting is
// set repeatedly; an integration is up, degraded or down. A definition states how events change things:
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
// The first matching rule applies. The result is the state of each thing as of any offset, its transitions with their times,
// and the time it has spent in each status.
//
// Changes are ordered by event time, regardless of their order in the log. Changes at equal times are ordered by their effect:
// opens, updates, closes; updates by `order`, then by their status.

internal import VarveEvents

/// A sequential projection of things with a status, defined by data.
public struct EntityDefinition: Hashable, Sendable {
    public var name: String
    public var version: Int
    /// The fields that together identify the thing of an event. An event without any of them is ignored.
    public var key: [Field]
    /// The first matching rule applies.
    public var rules: [EntityRule]
    /// Further values stored for a thing.
    public var attributes: [EntityAttribute]
    /// Statuses, in lower case, in the order in which they follow each other at equal times.
    public var order: [String]
    /// The number of newest changes of a thing that are stored individually: a late event is inserted among them, and an older
    /// one is counted in `late_unapplied`. All transitions are counted.
    public var transitionsKept: Int
    public var limits: SequentialLimits
    /// The first version whose entries this one takes over for expired events: those of the newest one there is.
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
    /// The field equals one of the texts.
    public static func field(_ name: String, isOneOf texts: String...) -> Condition {
        .isIn(Field(name), texts.map { .string($0) })
    }

    /// The field equals one of the words, ignoring ASCII case.
    public static func field(_ name: String, isWord words: String...) -> Condition {
        .isWord(Field(name), words)
    }
}
