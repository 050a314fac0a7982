internal import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveViews

/// Rows of hours that ended before today, as pages last read them. A page asks for thirty days by the hour and only the last ones
/// change, so that it reads those, and takes the others from here. They hold as long as no event of before today was appended
/// behind them: that is looked up in the log at each use.
public actor ClosedRows {
    struct Key: Hashable, Sendable {
        var directory: String
        var projector: String
        var version: Int
        /// Ends where today begins.
        var ask: Ask
        /// Changes when a segment is sealed, rewritten or removed.
        var segments: Int
    }

    struct Entry: Sendable {
        var rows: [ViewRow]
        /// They are those of the events below it.
        var offset: UInt64
        var completeFrom: UInt64
        var keptBy: String?
        var from: Timestamp?
        fileprivate var made: ContinuousClock.Instant

        init(_ answer: ViewAnswer, before end: Timestamp) {
            rows = answer.rows.filter { $0.time.map { $0 < end } ?? false }
            (offset, completeFrom) = (answer.offset.value, answer.completeFrom.value)
            (keptBy, from) = (answer.keptBy, answer.from)
            made = ContinuousClock().now
        }

        /// Whether the rows of an answer may stand behind these.
        func fits(_ answer: ViewAnswer, limit: Int) -> Bool {
            keptBy == answer.keptBy && completeFrom == answer.completeFrom.value && !answer.isOtherRange
                && rows.count + answer.rows.count <= limit
        }
    }

    private var entries: [Key: Entry] = [:]
    private var rows = 0
    /// How often rows were taken from here.
    private(set) var uses = 0
    /// In all; more begin anew.
    private static let rowsMax = 60_000
    /// Views that are made anew, as after an erasure, are read again by then.
    private static let age = Duration.seconds(300)
    private static let day: Int64 = 86_400_000_000_000

    public init() {}

    /// Where the part of a question ends that is kept here; nil for one that is asked as a whole.
    static func end(_ ask: Ask, now: Timestamp) -> Timestamp? {
        guard ask.table == nil, ask.bucket == .hour, ask.sort == nil, ask.top == nil, let from = ask.from, let to = ask.to else {
            return nil
        }
        let end = PageRange.down(now, day)
        let (length, overflow) = end.nanoseconds.subtractingReportingOverflow(from.nanoseconds)
        return !overflow && length >= 2 * day && end < to ? end : nil
    }

    func entry(_ key: Key) -> Entry? {
        guard let entry = entries[key], ContinuousClock().now - entry.made < Self.age else { return nil }
        return entry
    }

    func store(_ entry: Entry, _ key: Key) {
        if let old = entries.removeValue(forKey: key) { rows -= old.rows.count }
        guard entry.rows.count <= Self.rowsMax / 4 else { return }
        if rows + entry.rows.count > Self.rowsMax { (entries, rows) = ([:], 0) }
        entries[key] = entry
        rows += entry.rows.count
    }

    /// Rows were used at an offset; up to there nothing has to be looked up again.
    func used(_ key: Key, at offset: UInt64) {
        uses += 1
        if let entry = entries[key], entry.offset < offset { entries[key]?.offset = offset }
    }

    /// Whether no event of before `end` stands between two offsets.
    static func isUntouched(_ reader: LogReader, _ one: UInt64, _ other: UInt64, before end: Timestamp) throws -> Bool {
        let range = min(one, other)..<max(one, other)
        guard !range.isEmpty else { return true }
        guard try reader.retained().value <= range.lowerBound else { return false }
        struct Found: Error {}
        var filter = LogFilter()
        filter.to = end
        do {
            try reader.scan(range, where: filter) { batch in
                try batch.forEachEvent { _, _ in throw Found() }
            }
        } catch is Found {
            return false
        }
        return true
    }
}
