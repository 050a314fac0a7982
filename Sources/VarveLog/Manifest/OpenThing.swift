internal import VarveBatchFormat
internal import VarveEvents

/// How events say that a thing is open or closed. Of what they say the last counts; an event that says neither changes nothing.
public struct OpenThing: Hashable, Sendable {
    /// Attributes that together name the thing; or `component`, `session`, `user`.
    public var keys: [String]
    /// An event of such a signal opens it, a pattern; also any event with a status that is not a closed one. What opens a thing
    /// stays with the rule's signals while that is open, whether it is one of them or not.
    public var opens: String
    /// An event of such a signal closes it, a pattern. It need not be one of the rule's signals, and stays only if it is.
    public var closes: String?
    /// The attribute that holds the thing's status.
    public var status: String?
    /// The statuses in which it is closed.
    public var closed: [String]

    public init(keys: [String], opens: String, closes: String? = nil, status: String? = nil, closed: [String] = []) {
        self.keys = keys
        self.opens = opens
        self.closes = closes
        self.status = status
        self.closed = closed
    }
}
