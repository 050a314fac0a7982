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

extension Condition {
    /// A field is one of some texts.
    public static func field(_ name: String, isOneOf texts: String...) -> Condition {
        .isIn(Field(name), texts.map { .string($0) })
    }
}
