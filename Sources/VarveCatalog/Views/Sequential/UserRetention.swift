public import VarveEvents
public import VarveProjections

/// User retention (D12): of the users active in a period, the share that is active in the next period of the same length.
/// Periods are days, weeks that begin on Monday, and thirty days counted since 1970, in UTC. An event of a period before the
/// user's latest period is late and ignored.
public struct UserRetention: SequentialProjection {
    public let name = "user_retention"
    public let version = 1
    public let signals = SignalFilter()
    public let fields = [Field("user")]
    public let parameters: [UInt8] = []
    public let limits = SequentialLimits(entries: 500_000)

    public init() {}

    /// The length of a period in days, and a day since 1970 on which one begins.
    private static let periods: [(name: String, days: Int64, begin: Int64)] = [("day", 1, 0), ("week", 7, 4), ("30 days", 30, 0)]

    public enum Entry: SequentialEntry, Hashable {
        /// The numbers of the latest periods in which a user was active.
        case user([Int64])
        /// The distinct users of a period, how many of them were active in the previous one, and the number of users of the
        /// previous one.
        case period(active: Int64, returned: Int64, before: Int64, start: Int64, end: Int64)

        public var isFinished: Bool {
            if case .user = self { true } else { false }
        }

        public func encode(into out: inout StateWriter) {
            switch self {
            case .user(let latest):
                out.fixed(Int64(1))
                for value in latest { out.fixed(value) }
            case .period(let active, let returned, let before, let start, let end):
                for value in [2, active, returned, before, start, end] { out.fixed(value) }
            }
        }

        public init(from reader: inout StateReader) throws(StateError) {
            switch try reader.fixed(Int64.self) {
            case 1:
                var latest: [Int64] = []
                for _ in UserRetention.periods { latest.append(try reader.fixed(Int64.self)) }
                self = .user(latest)
            case 2:
                self = .period(
                    active: try reader.count(), returned: try reader.count(), before: try reader.count(),
                    start: try reader.fixed(Int64.self),
                    end: try reader.fixed(Int64.self))
            default: throw reader.fail("neither a user nor a period")
            }
        }
    }

    public func fold(_ event: SequentialEvent, into entries: inout SequentialEntries<Entry>) throws(PoisonedEvent) {
        guard let user = event.key([0]) else { return }
        guard user.count < SequentialEntries<Entry>.keyBytesMax else {
            throw PoisonedEvent(view: name, offset: event.offset, reason: "its key has \(user.count) bytes")
        }
        let day = BucketLevel.day.bucket(of: event.time.nanoseconds)
        var latest = [Int64](repeating: .min, count: Self.periods.count)
        if case .user(let known)? = entries[user] { latest = known }
        let before = latest
        for (index, period) in Self.periods.enumerated() {
            let number = Self.number(of: day, period)
            guard number > latest[index] else { continue }
            let isBack = latest[index] == number - 1
            latest[index] = number
            count(index, number, isBack: isBack, &entries)
        }
        guard latest != before else { return }
        entries.update(user) { $0 = .user(latest) }
    }

    private func count(_ index: Int, _ number: Int64, isBack: Bool, _ entries: inout SequentialEntries<Entry>) {
        let period = Self.periods[index]
        let start = (number * period.days + period.begin) * 86_400_000_000_000
        var before: Int64 = 0
        if case .period(let active, _, _, _, _)? = entries[Self.key(index, number - 1)] { before = active }
        var (active, returned): (Int64, Int64) = (0, 0)
        if case .period(let known, let back, _, _, _)? = entries[Self.key(index, number)] { (active, returned) = (known, back) }
        active += 1
        if isBack { returned += 1 }
        entries.update(Self.key(index, number)) { entry in
            entry = .period(
                active: active, returned: returned, before: before, start: start, end: start + period.days * 86_400_000_000_000)
        }
        // A user who is added late to this period was active before the next one.
        let next = Self.key(index, number + 1)
        if case .period(let others, let back, _, let start, let end)? = entries[next] {
            entries.update(next) { $0 = .period(active: others, returned: back, before: active, start: start, end: end) }
        }
    }

    private static func number(of day: Int64, _ period: (name: String, days: Int64, begin: Int64)) -> Int64 {
        let shifted = day - period.begin
        return shifted >= 0 ? shifted / period.days : (shifted + 1) / period.days - 1
    }

    /// A key that no user has: user keys begin with the tag of a text.
    private static func key(_ index: Int, _ number: Int64) -> [UInt8] {
        let bytes = UInt64(bitPattern: number) ^ 1 << 63
        return [0xFE, UInt8(index)] + (0..<8).map { UInt8(truncatingIfNeeded: bytes >> UInt64(56 - 8 * $0)) }
    }

    public let tables = [SequentialTable("periods", ["period", "start", "active", "returned", "before", "retention"])]

    public func span(of entry: Entry) -> (start: Timestamp, end: Timestamp?) {
        guard case .period(_, _, _, let start, let end) = entry else { return (Timestamp(nanoseconds: .max), nil) }
        return (Timestamp(nanoseconds: start), Timestamp(nanoseconds: end - 1))
    }

    public func rows(of table: String, key: [UInt8], _ entry: Entry, newest: Timestamp) -> [[ViewValue]] {
        guard case .period(let active, let returned, let before, let start, _) = entry, key.count > 1,
            Int(key[1]) < Self.periods.count
        else {
            return []
        }
        let retention: ViewValue = before > 0 ? .double(Double(returned) / Double(before)) : .null
        return [
            [
                .string(Self.periods[Int(key[1])].name), .time(Timestamp(nanoseconds: start)), .int(active), .int(returned),
                .int(before), retention,
            ]
        ]
    }
}
