/// How one kind of a system's own JSON records is recognised, and which events it becomes. Data only: names of fields and their
/// units stand in the descriptions of signals, what reads records is `VarveWire`.
///
/// Names are compared without case, `_` and `-`: `responseTime` and `response_time` are one name here.
public struct RecordShape: Hashable, Sendable {
    /// The signal its events have.
    public var signal: String
    /// What the record says of itself under `signal`, `type`, `event`, `kind` or `name`.
    public var kinds: [String]
    /// The names that a record must have to be of this kind. Without `kinds` they are all there is to go by.
    public var needs: [String]
    /// The names that it must not have.
    public var lacks: [String]
    /// Names of its time, the best first; `timestamp`, `time`, `ts` and `created_at` come after them.
    public var times: [String]
    /// Objects whose members count as the record's own, besides `data` and `payload`.
    public var opens: [String]
    /// Names that say nothing which the events do not say.
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
