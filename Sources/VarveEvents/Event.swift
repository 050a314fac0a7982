/// One fact: an envelope and typed attributes. This is the row form, for single appends, printing and tests; bulk work uses
/// `BatchBuilder` and `EventBatch`, which hold columns.
public struct Event: Hashable, Sendable {
    /// The producer's id, unique within `tenant` over the whole retention; nil for an event that is never a duplicate.
    public var id: String?
    /// When it happened, by the producer's clock.
    public var time: Timestamp
    /// The append time, by the writer's clock: max(previous, now). Nil before the event is appended.
    public var observed: Timestamp?
    /// The kind of event, dotted: `retry.success`.
    public var signal: String
    public var tenant: String?
    public var component: String?
    public var session: String?
    public var user: String?
    /// Sorted by name; names are unique.
    public var attributes: [Attribute]

    public init(
        time: Timestamp, signal: String, id: String? = nil, observed: Timestamp? = nil, tenant: String? = nil,
        component: String? = nil, session: String? = nil, user: String? = nil, attributes: [Attribute] = []
    ) {
        self.id = id
        self.time = time
        self.observed = observed
        self.signal = signal
        self.tenant = tenant
        self.component = component
        self.session = session
        self.user = user
        self.attributes = attributes
    }

    /// The value of the attribute `name`, if the event has it.
    public subscript(attribute name: String) -> Value? {
        attributes.first { $0.name == name }?.value
    }
}
