public import VarveEvents
public import VarveProjections

/// Second clicks that were not suppressed (decision D4). Only suppressed clicks are recorded, so a leaked click is inferred
/// from two starts of one component in one session, less than the debounce delay apart, with no suppression between them.
///
/// Two kinds of entries: the last start of a component in a session, which is removed after an hour, and the totals of a
/// component.
public struct DuplicateClicks: SequentialProjection {
    public let name = "duplicate_clicks"
    public let version = 1
    public let signals = SignalFilter("optimistic_action.start", "debounced_click.suppressed")
    public let fields = [Field("component"), Field("session")]
    public let conditions: [Condition] = [.signal("optimistic_action.start")]
    public let limits = SequentialLimits(entries: 200_000, keepsFinished: 3_600 * 1_000_000_000)

    /// Nanoseconds within which a second start counts as a duplicate.
    private let delay = Int64(Numbers.Resilience.debounce.value) * 1_000_000

    public var parameters: [UInt8] { withUnsafeBytes(of: delay.littleEndian) { Array($0) } }

    public init() {}

    public enum Entry: SequentialEntry, Hashable {
        /// The event time of the last start.
        case start(time: Int64)
        case totals(starts: Int64, suppressed: Int64, leaked: Int64, first: Int64, last: Int64)

        public var isFinished: Bool {
            if case .start = self { true } else { false }
        }

        public func encode(into out: inout StateWriter) {
            switch self {
            case .start(let time): for value in [1, time] { out.fixed(value) }
            case .totals(let starts, let suppressed, let leaked, let first, let last):
                for value in [2, starts, suppressed, leaked, first, last] { out.fixed(value) }
            }
        }

        public init(from reader: inout StateReader) throws(StateError) {
            switch try reader.fixed(Int64.self) {
            case 1: self = .start(time: try reader.fixed(Int64.self))
            case 2:
                self = .totals(
                    starts: try reader.count(), suppressed: try reader.count(), leaked: try reader.count(),
                    first: try reader.fixed(Int64.self), last: try reader.fixed(Int64.self))
            default: throw reader.fail("neither a start nor totals")
            }
        }
    }

    public func fold(_ event: SequentialEvent, into entries: inout SequentialEntries<Entry>) throws(PoisonedEvent) {
        guard let component = event.key([0]), let place = event.key([0, 1]) else { return }
        guard place.count < SequentialEntries<Entry>.keyBytesMax else {
            throw PoisonedEvent(view: name, offset: event.offset, reason: "its key has \(place.count) bytes")
        }
        let time = event.time.nanoseconds
        let isStart = event.holds(0)
        var isLeak = false
        // Without a session, clicks cannot be attributed.
        if event.value(1) != .null {
            if isStart, case .start(let before)? = entries[place] { isLeak = time >= before && time - before < delay }
            entries.update(place) { $0 = isStart ? .start(time: time) : nil }
        }
        entries.update(component) { entry in
            var (starts, suppressed, leaked, first, last): (Int64, Int64, Int64, Int64, Int64) = (0, 0, 0, time, time)
            if case .totals(let a, let b, let c, let d, let e)? = entry {
                (starts, suppressed, leaked, first, last) = (a, b, c, d, e)
            }
            if isStart { starts += 1 } else { suppressed += 1 }
            if isLeak { leaked += 1 }
            entry = .totals(
                starts: starts, suppressed: suppressed, leaked: leaked, first: min(first, time), last: max(last, time))
        }
    }

    public let tables = [
        SequentialTable("components", ["component", "starts", "suppressed", "leaked", "suppression_rate"])
    ]

    public func span(of entry: Entry) -> (start: Timestamp, end: Timestamp?) {
        switch entry {
        case .start(let time): (Timestamp(nanoseconds: time), Timestamp(nanoseconds: time))
        case .totals(_, _, _, let first, let last): (Timestamp(nanoseconds: first), Timestamp(nanoseconds: last))
        }
    }

    public func rows(of table: String, key: [UInt8], _ entry: Entry, newest: Timestamp) -> [[ViewValue]] {
        guard case .totals(let starts, let suppressed, let leaked, _, _) = entry,
            let id = try? ViewState.dimensionValues(ofKey: key), let component = id.first
        else { return [] }
        let attempted = suppressed + leaked
        let rate: ViewValue = attempted > 0 ? .double(Double(suppressed) / Double(attempted)) : .null
        return [[component, .int(starts), .int(suppressed), .int(leaked), rate]]
    }
}
