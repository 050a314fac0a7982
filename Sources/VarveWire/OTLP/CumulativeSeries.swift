internal import Synchronization
internal import VarveEvents
internal import VarveHash

/// The latest points of cumulative series, used to compute increases. The points of a document are only proposed until its
/// events are in the log.
///
/// Only one document at a time may be decoded with it; callers with several must serialise them.
public final class CumulativeSeries: Sendable {
    /// The maximum number of series; beyond it, the longest idle ones are forgotten.
    static let seriesMax = 200_000
    /// A series' first point counts in full if the series began at most this long before it.
    static let firstNanoseconds: UInt64 = 3_600_000_000_000

    private struct State: Sendable {
        var known: [Hash128: Point] = [:]
        var proposed: [Hash128: Point] = [:]

        /// Forgets the longest idle series.
        mutating func forget() {
            let times = known.values.map(\.time).sorted()
            let limit = times[max(0, times.count - CumulativeSeries.seriesMax * 3 / 4)]
            known = known.filter { $0.value.time >= limit }
        }
    }

    /// The parts of a point that the next one needs.
    public struct Point: Sendable {
        /// When the series began; 0 if unknown. Nanoseconds since 1970, like `time`.
        public var start: UInt64
        public var time: UInt64
        public var value: Double
        public var count: UInt64
        public var buckets: [UInt64]

        public init(start: UInt64, time: UInt64, value: Double, count: UInt64 = 0, buckets: [UInt64] = []) {
            self.start = start
            self.time = time
            self.value = value
            self.count = count
            self.buckets = buckets
        }
    }

    private let state = Mutex(State())

    public init() {}

    /// The events of the latest document are in the log.
    public func commit() {
        state.withLock { state in
            state.known.merge(state.proposed) { $1 }
            state.proposed = [:]
            if state.known.count > Self.seriesMax { state.forget() }
        }
    }

    /// They are not in the log, or it is unknown whether they are.
    public func discard() { state.withLock { $0.proposed = [:] } }

    /// Adds a point that is in the log; `series` is the event's attribute of that name.
    public func note(_ point: Point, series: String) {
        guard let series = Self.hash(series) else { return }
        state.withLock { state in
            if let known = state.known[series], known.time >= point.time { return }
            state.known[series] = point
            if state.known.count > 2 * Self.seriesMax { state.forget() }
        }
    }

    /// The point before `point`, if the increase can be computed; otherwise nil. For a point that begins a series, a point at
    /// zero before the beginning.
    func before(_ series: Hash128, _ point: Point) -> Point? {
        state.withLock { state in
            guard let known = state.proposed[series] ?? state.known[series] else {
                let isFirst = point.start > 0 && point.time >= point.start && point.time - point.start <= Self.firstNanoseconds
                state.proposed[series] = point
                return isFirst ? Point(start: point.start, time: point.start, value: 0) : nil
            }
            guard point.time > known.time else { return nil }
            state.proposed[series] = point
            let isReset = point.start > known.start && point.start >= known.time || point.count < known.count
            return isReset ? Point(start: point.start, time: known.time, value: 0) : known
        }
    }

    func end(_ series: Hash128) { state.withLock { $0.proposed[series] = nil } }

    /// 32 hexadecimal digits.
    static func hash(_ text: String) -> Hash128? {
        guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        return Hash128(high: high, low: low)
    }
}
