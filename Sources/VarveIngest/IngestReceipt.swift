public import VarveEvents
public import VarveLog

/// What became of the records of one ingest. It is made at its end and nowhere else: received = appended + duplicate + rejected.
public struct IngestReceipt: Sendable {
    public let received: Int
    /// Records that became events of the log.
    public let appended: Int
    /// Records that the log had already, by their id or by the key of the request.
    public let duplicate: Int
    /// Records that were refused. They are kept in `deadLetters`.
    public let rejected: Int
    /// Of those appended or duplicate, how many differ from the catalog, and in which way.
    public let flags: FlagTally
    /// The first and the last offset of what was appended; nil when nothing was.
    public let firstOffset: UInt64?
    public let lastOffset: UInt64?
    /// Everything below is on disk. At level `sync` that is all this receipt speaks of.
    public let durable: UInt64
    /// Of those appended, events with an id whose time lies before what the log remembers ids of (`idsForgottenUpTo`): if they
    /// were in the log before retention, they are counted twice.
    public let olderThanIDs: Int
    /// Retention has removed events that were appended up to here; nil when it has removed none.
    public let idsForgottenUpTo: Timestamp?
    /// What is promised.
    public let durability: Durability
    /// By when everything is on disk too; nil when it is.
    public let durableWithin: SyncInterval?
    /// Why records were refused.
    public let refusals: RefusalSummary
    /// The file that keeps the refused records; nil when none was refused.
    public let deadLetters: String?

    /// Checks the sum.
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

    /// Whether there were records, and every one was refused.
    public var isAllRefused: Bool { received > 0 && rejected == received }
}

/// What is counted while records are taken in.
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
    /// What has gone wrong behind the answers since the one before.
    var backgroundErrors: [BackgroundError] = []

    /// Takes in the log's answer to an append of `rows` rows.
    /// `old` are the rows that are older than the memory of ids.
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
