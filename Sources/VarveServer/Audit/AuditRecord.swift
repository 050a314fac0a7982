internal import VarveDisk
public import VarveEvents

/// One act: an event of the data directory's system log.
public struct AuditRecord: Sendable {
    public var act: AuditAct
    /// Who: a user, a token's id, or the account that ran a command.
    public var by: String
    /// By what they were known: `session`, `token`, `password`, `control`, `command`, `anyone`, `server`.
    public var via = ""
    /// Of what: a path, an id, a name.
    public var target: String?
    public var tenant: String?
    /// Where the request came from.
    public var address: String?
    public var detail: String?

    public init(_ act: AuditAct, by: String) {
        self.act = act
        self.by = by
    }

    /// As it stands in the log, at the moment of now.
    public var event: Event {
        var event = Event(time: Timestamp(nanoseconds: wallClockNanoseconds()), signal: act.rawValue)
        event.component = "varve"
        event.user = by
        let texts: [(String, String?)] = [
            ("via", via.isEmpty ? nil : via), ("target", target), ("tenant_name", tenant), ("address", address),
            ("detail", detail),
        ]
        event.attributes = texts.compactMap { name, text in
            text.map { Attribute(name, .string(String($0.prefix(1_024)))) }
        }
        return event
    }
}
