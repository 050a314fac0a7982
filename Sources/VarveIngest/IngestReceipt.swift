public import VarveEvents
public import VarveLog

/// The outcome of one ingest. It is only created when the ingest is finished: received = appended + duplicate + rejected.
public struct IngestReceipt: Sendable {
    public let received: Int
    /// Records appended to the log as events.
    public let appended: Int
    /// Records that were already in the log, by their id or by the key of the request.
    public let duplicate: Int
    /// Records refused. They are stored in `deadLetters`.
    public let rejected: Int
    /// Of the appended and duplicate records, those that differ from the catalog, by kind.
    public let flags: FlagTally
    /// The first and last offset appended; nil if nothing was appended.
    public let firstOffset: UInt64?
    public let lastOffset: UInt64?
    /// Every event below this offset is on disk. At level `sync` this includes everything in this receipt.
    public let durable: UInt64
    /// Appended events with an id whose time is not after `idsForgottenUpTo`: if retention has removed an earlier copy, they
    /// are counted twice.
    public let olderThanIDs: Int
    /// The latest append time of the events that retention has removed; nil if it has removed none.
    public let idsForgottenUpTo: Timestamp?
    /// The durability level.
    public let durability: Durability
    /// The time within which everything will be on disk; nil if it already is.
    public let durableWithin: SyncInterval?
    /// The causes of refusals.
    public let refusals: RefusalSummary
    /// The file of refused records; nil if none was refused.
    public let deadLetters: String?

    /// Checks that the counts add up.
    init(
        _ counts: IngestCounts, durability: Durability, deadLetters: String?, idsForgottenUpTo: Timestamp?
    ) throws(IngestError) {
        guard counts.received == counts.appended + counts.duplicate + counts.rejected else {
            throw IngestError(
                .internal,
                "\(counts.received) records were received, \(counts.appended) appended, \(counts.duplicate) were duplicates and "
                    + "\(counts.rejected) were refused: the sum is not right")
        }
        received = counts.received
        appended = counts.appended
        duplicate = counts.duplicate
        rejected = counts.rejected
        flags = counts.flags
        firstOffset = counts.firstOffset
        lastOffset = counts.lastOffset
        durable = counts.durable
        self.durability = counts.durableWithin == nil ? .sync : durability
        durableWithin = counts.durableWithin
        olderThanIDs = counts.olderThanIDs
        self.idsForgottenUpTo = idsForgottenUpTo
        refusals = counts.refusals
        self.deadLetters = counts.rejected == 0 ? nil : deadLetters
    }

    /// Whether there were records and all of them were refused.
    public var isAllRefused: Bool { received > 0 && rejected == received }
}

/// The counts of a running intake.
struct IngestCounts: Sendable {
    var received = 0
    var appended = 0
    var duplicate = 0
    var rejected = 0
    var flags = FlagTally()
    var firstOffset: UInt64?
    var lastOffset: UInt64?
    var durable: UInt64 = 0
    var durableWithin: SyncInterval?
    var refusals = RefusalSummary()
    var olderThanIDs = 0
    /// Background errors since the previous receipt.
    var backgroundErrors: [BackgroundError] = []

    /// Adds the log's receipt for an append of `rows` rows. `old` are the rows older than the log's id index.
    mutating func add(_ receipt: Receipt, rows: Int, old: [UInt32] = []) {
        appended += receipt.appended
        duplicate += receipt.isRetry ? rows : receipt.duplicates.count
        durable = max(durable, receipt.durable.value)
        durableWithin = receipt.durableWithin
        backgroundErrors = receipt.backgroundErrors
        if !old.isEmpty, !receipt.isRetry {
            let known = Set(receipt.duplicates.map(\.row))
            olderThanIDs += old.count { !known.contains(Int($0)) }
        }
        guard let offsets = receipt.offsets, !offsets.isEmpty, !receipt.isRetry else { return }
        if firstOffset == nil { firstOffset = offsets.lowerBound }
        lastOffset = offsets.upperBound - 1
    }
}
