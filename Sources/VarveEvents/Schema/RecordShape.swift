/// How one kind of a system's own JSON records is recognized, and which events it becomes. Pure data: field names and units are
/// in the descriptions of signals, and `VarveWire` reads the records.
///
/// Names are compared ignoring case, `_` and `-`: `responseTime` and `response_time` are the same name here.
public struct RecordShape: Hashable, Sendable {
    /// The signal of its events.
    public var signal: String
    /// Values of the record's `signal`, `type`, `event`, `kind` or `name` that identify this kind.
    public var kinds: [String]
    /// Names that a record of this kind must have. Without `kinds`, these alone identify it.
    public var needs: [String]
    /// Names that it must not have.
    public var lacks: [String]
    /// Names of its time field, the best first; `timestamp`, `time`, `ts` and `created_at` are tried after them.
    public var times: [String]
    /// Objects whose members count as members of the record, besides `data` and `payload`.
    public var opens: [String]
    /// Names to drop because they add nothing to the events.
    public var ignores: [String]
    public var rows: RecordRows
    public var derives: [DerivedField]

    public init(
        _ signal: String, kinds: [String] = [], needs: [String] = [], lacks: [String] = [], times: [String] = [],
        opens: [String] = [], ignores: [String] = [], rows: RecordRows = .one, derives: [DerivedField] = []
    ) {
        self.signal = signal
        self.kinds = kinds
        self.needs = needs
        self.lacks = lacks
        self.times = times
        self.opens = opens
        self.ignores = ignores
        self.rows = rows
        self.derives = derives
    }
}
