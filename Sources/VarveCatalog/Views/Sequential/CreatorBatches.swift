public import VarveEvents
public import VarveProjections

/// The batches of each creator (F2): their size, interval, number per day, and the time of the last one. A batch is a
/// `creator.action` with `items`. Intervals are measured in event time, regardless of arrival order.
public struct CreatorBatches: SequentialProjection {
    public let name = "creator_batches"
    public let version = 1
    public let signals = SignalFilter("creator.action")
    public let fields = [Field("user"), Field("items")]
    public let parameters: [UInt8] = []

    public init() {}

    /// The statistics of a creator's batches.
    public struct Entry: SequentialEntry, Hashable {
        var batches: Int64 = 0
        var items: Int64 = 0
        var largest: Int64 = 0
        var first: Int64 = .max
        var last: Int64 = .min
        var shortest: Int64 = .max
        var longest: Int64 = .min

        /// Creators are kept permanently.
        public var isFinished: Bool { false }

        init() {}

        public func encode(into out: inout StateWriter) {
            for value in [batches, items, largest, first, last, shortest, longest] { out.fixed(value) }
        }

        public init(from reader: inout StateReader) throws(StateError) {
            batches = try reader.count()
            items = try reader.fixed(Int64.self)
            largest = try reader.fixed(Int64.self)
            first = try reader.fixed(Int64.self)
            last = try reader.fixed(Int64.self)
            shortest = try reader.fixed(Int64.self)
            longest = try reader.fixed(Int64.self)
        }
    }

    public func fold(_ event: SequentialEvent, into entries: inout SequentialEntries<Entry>) throws(PoisonedEvent) {
        guard let key = event.key([0]), case .int(let items) = event.value(1) else { return }
        guard key.count < SequentialEntries<Entry>.keyBytesMax else {
            throw PoisonedEvent(view: name, offset: event.offset, reason: "its key has \(key.count) bytes")
        }
        let time = event.time.nanoseconds
        entries.update(key) { known in
            var entry = known ?? Entry()
            if entry.batches > 0, time > entry.last {
                let interval = time - entry.last
                entry.shortest = min(entry.shortest, interval)
                entry.longest = max(entry.longest, interval)
            }
            entry.batches += 1
            entry.items = entry.items.addingReportingOverflow(items).partialValue
            entry.largest = max(entry.largest, items)
            entry.first = min(entry.first, time)
            entry.last = max(entry.last, time)
            known = entry
        }
    }

    public let tables = [
        SequentialTable(
            "creators",
            [
                "user", "batches", "items", "batch_size", "largest", "first", "last", "interval_s", "shortest_s", "longest_s",
                "per_day", "per_week", "per_month",
            ])
    ]

    public func span(of entry: Entry) -> (start: Timestamp, end: Timestamp?) {
        (Timestamp(nanoseconds: entry.first), Timestamp(nanoseconds: entry.last))
    }

    public func rows(of table: String, key: [UInt8], _ entry: Entry, newest: Timestamp) -> [[ViewValue]] {
        guard let id = try? ViewState.dimensionValues(ofKey: key), let user = id.first, entry.batches > 0 else { return [] }
        let span = Double(entry.last - entry.first) / 1e9
        let interval = entry.batches > 1 ? ViewValue.double(span / Double(entry.batches - 1)) : .null
        // Batches per this many days, from the mean interval; at least two batches are needed.
        func perDays(_ days: Double) -> ViewValue {
            span > 0 ? .double(Double(entry.batches - 1) * days * 86_400 / span) : .null
        }
        return [
            [
                user, .int(entry.batches), .int(entry.items), .double(Double(entry.items) / Double(entry.batches)),
                .int(entry.largest), .time(Timestamp(nanoseconds: entry.first)), .time(Timestamp(nanoseconds: entry.last)),
                interval,
                entry.shortest == .max ? .null : .double(Double(entry.shortest) / 1e9),
                entry.longest == .min ? .null : .double(Double(entry.longest) / 1e9), perDays(1), perDays(7), perDays(30),
            ]
        ]
    }
}
