// What an acknowledgement promises (docs/format/durable.md, "Levels").

public import VarveEvents

/// The answer to an append.
public struct Receipt: Hashable, Sendable {
    /// Rows that became events.
    public var appended: Int
    /// Rows whose id the log already had, in row order.
    public var duplicates: [DuplicateRow]
    /// The offsets of the appended rows, in row order and without gaps; nil when there are none. Of a retry those of the first
    /// time. At level `interval` they are final once `durable` has passed them: a power cut may give them to other events.
    public var offsets: Range<UInt64>?
    /// Everything below is on disk. At level `sync` that is all this receipt speaks of, originals of duplicates included.
    public var durable: Offset
    /// What is promised. An append of level `interval` that shared the sync of another says `sync`.
    public var durability: Durability
    /// By when it is on disk too; nil when it is.
    public var durableWithin: SyncInterval?
    /// An append of the same stamp is in the log already: nothing was appended.
    public var isRetry: Bool
    /// What has gone wrong behind the answers since the last one that told of anything: none of it makes this append fail. All
    /// that is wrong now is in `LogWriter.backgroundErrors`.
    public var backgroundErrors: [BackgroundError]

    /// With `durableWithin` of level `interval`, without it of level `sync`.
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
