internal import Synchronization
internal import VarveEvents
internal import VarveLog
internal import VarveWire

/// What is remembered of cumulative series between requests: the latest points, read from the log once after a start.
final class MetricMemory: Sendable {
    let series = CumulativeSeries()
    /// One document at a time is read against it, for the next one's increases follow from it.
    let turn = Turn()
    private let isRead = Mutex(false)

    /// How far back points are looked for: what is older does not come again, or begins anew.
    private static let seconds = 7_200
    private static let offsetsMax: UInt64 = 1_000_000

    /// Reads the latest points from the log, the first time.
    func read(_ workspace: WritableWorkspace, now: Timestamp) async throws {
        guard !isRead.withLock({ $0 }) else { return }
        var filter = LogFilter()
        filter.signals = ["otel.metric"]
        filter.from = now - .seconds(Self.seconds)
        try await workspace.scanLatest(Self.offsetsMax, where: filter) { [series] event in
            guard case .string(let name)? = event[attribute: "series"], let point = Self.point(event) else { return }
            series.note(point, series: name)
        }
        isRead.withLock { $0 = true }
    }

    /// The point that an event was made from; nil for one that is not cumulative.
    private static func point(_ event: Event) -> CumulativeSeries.Point? {
        guard case .string("cumulative")? = event[attribute: "temporality"] else { return nil }
        return CumulativeSeries.Point(
            start: UInt64(clamping: integer(event, "start_time") ?? 0), time: UInt64(clamping: event.time.nanoseconds),
            value: number(event, "value") ?? number(event, "sum") ?? 0, count: UInt64(clamping: integer(event, "count") ?? 0),
            buckets: buckets(event))
    }

    private static func integer(_ event: Event, _ name: String) -> Int64? {
        guard case .int64(let number)? = event[attribute: name] else { return nil }
        return number
    }

    private static func number(_ event: Event, _ name: String) -> Double? {
        switch event[attribute: name] {
        case .int64(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    private static func buckets(_ event: Event) -> [UInt64] {
        guard case .json(let text)? = event[attribute: "buckets"] else { return [] }
        return text.dropFirst().dropLast().split(separator: ",").compactMap { UInt64($0) }
    }
}
