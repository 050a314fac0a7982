internal import VarveBatchFormat
internal import VarveEvents

/// How events say that something, such as an incident, is open or closed. The last such event counts; an event that says
/// neither changes nothing.
public struct OpenCondition: Hashable, Sendable {
    /// The attributes that together identify it; or `component`, `session`, `user`.
    public var keys: [String]
    /// A signal pattern: an event that matches opens it, as does any event with a status that is not in `closed`. The opening
    /// event is kept together with the rule's signals as long as it is open, whether or not its own signal is one of them.
    public var opens: String
    /// A signal pattern: an event that matches closes it. The closing signal need not be one of the rule's signals; its events
    /// are kept only if it is.
    public var closes: String?
    /// The attribute that holds the status.
    public var status: String?
    /// The status values that mean closed.
    public var closed: [String]

    public init(keys: [String], opens: String, closes: String? = nil, status: String? = nil, closed: [String] = []) {
        self.keys = keys
        self.opens = opens
        self.closes = closes
        self.status = status
        self.closed = closed
    }
}
