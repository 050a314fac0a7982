// What an acknowledgement guarantees (docs/format/durable.md, "Levels").

public import VarveEvents

/// The result of an append.
public struct Receipt: Hashable, Sendable {
    /// Rows that became events.
    public var appended: Int
    /// Rows whose id the log already has, in row order.
    public var duplicates: [DuplicateRow]
    /// The offsets of the appended rows, in row order and without gaps; nil when there are none. For a retry, the offsets of
    /// the first time. At level `interval` they are final once `durable` has passed them; a power cut may assign them to other
    /// events.
    public var offsets: Range<UInt64>?
    /// All events below are on disk. At level `sync` this covers everything the receipt refers to, including originals of
    /// duplicates.
    public var durable: Offset
    /// The level that is guaranteed. An append of level `interval` that shared another's sync has `sync` here.
    public var durability: Durability
    /// The longest time until the events are durable; nil when they are.
    public var durableWithin: SyncInterval?
    /// Whether an append with the same stamp was already in the log, so that nothing was appended.
    public var isRetry: Bool
    /// Faults of background work since the last receipt that reported any. They do not affect this append. All current ones are
    /// in `LogWriter.backgroundErrors`.
    public var backgroundErrors: [BackgroundError]

    /// The level is `interval` if `durableWithin` is given, else `sync`.
    public init(
        appended: Int, duplicates: [DuplicateRow] = [], offsets: Range<UInt64>?, durable: Offset,
        durableWithin: SyncInterval? = nil, isRetry: Bool = false, backgroundErrors: [BackgroundError] = []
    ) {
        self.appended = appended
        self.duplicates = duplicates
        self.offsets = offsets
        self.durable = durable
        self.durability = durableWithin == nil ? .sync : .interval
        self.durableWithin = durableWithin
        self.isRetry = isRetry
        self.backgroundErrors = backgroundErrors
    }
}
