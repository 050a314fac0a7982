internal import Synchronization
internal import VarveEvents
internal import VarveHash

/// The latest points of cumulative series, used to compute increases. The points of a document are only proposed until its
/// events are in the log.
///
/// Only one document at a time may be decoded with it; callers with several must serialise them.
public final class CumulativeSeries: Sendable {
    /// The maximum number of series; beyond it, the longest idle ones are forgotten.
    private let seriesMax: Int
    /// The maximum number of values of all their points: a histogram has one for each of its buckets.
    private let valuesMax: Int
    /// A series' first point counts in full if the series began at most this long before it.
    static let firstNanoseconds: UInt64 = 3_600_000_000_000

    private struct State: Sendable {
        var known: [Hash128: Point] = [:]
        var proposed: [Hash128: Point] = [:]
        /// Of all that are known.
        var values = 0

        mutating func keep(_ point: Point, _ series: Hash128) {
            if let old = known.updateValue(point, forKey: series) { values -= old.values }
            values += point.values
        }

        /// Forgets the longest idle series, until a quarter of the room is free.
        mutating func forget(_ seriesMax: Int, _ valuesMax: Int) {
            let newest = known.sorted { ($1.value.time, $0.key) < ($0.value.time, $1.key) }
            known = [:]
            values = 0
            for (series, point) in newest where known.count < seriesMax * 3 / 4 {
                if values + point.values <= valuesMax * 3 / 4 { keep(point, series) }
            }
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

        /// Those that it has by itself, and its buckets.
        fileprivate var values: Int { 8 + buckets.count }
    }

    private let state = Mutex(State())

    public init(seriesMax: Int = 200_000, valuesMax: Int = 8 << 20) {
        self.seriesMax = seriesMax
        self.valuesMax = valuesMax
    }

    /// How many series, and values of theirs, are known.
    public var size: (series: Int, values: Int) { state.withLock { ($0.known.count, $0.values) } }

    /// The events of the latest document are in the log.
    public func commit() {
        state.withLock { state in
            for (series, point) in state.proposed { state.keep(point, series) }
            state.proposed = [:]
            if state.known.count > seriesMax || state.values > valuesMax { state.forget(seriesMax, valuesMax) }
        }
    }

    /// They are not in the log, or it is unknown whether they are.
    public func discard() { state.withLock { $0.proposed = [:] } }

    /// Adds a point that is in the log; `series` is the event's attribute of that name.
    public func note(_ point: Point, series: String) {
        guard let series = Self.hash(series) else { return }
        state.withLock { state in
            if let known = state.known[series], known.time >= point.time { return }
            state.keep(point, series)
            if state.known.count > 2 * seriesMax || state.values > 2 * valuesMax { state.forget(seriesMax, valuesMax) }
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
