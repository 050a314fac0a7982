public import VarveEvents
public import VarveProjections
internal import VarveWire

/// From when to when, and how finely: what `from`, `to` and `bucket` of an address mean.
///
/// `now` is the newest event of the log, not the clock: a page is a function of its address and of a prefix of the log, and a log
/// that is read a year later shows what it showed. The header says how old that event is.
public struct PageRange: Hashable, Sendable {
    public var from: Timestamp
    public var to: Timestamp
    public var level: BucketLevel
    /// The newest event.
    public var now: Timestamp
    /// Whether the last bucket may still grow.
    public var isOpen: Bool
    /// Which of `PageRange.offered` it is; nil for another.
    public var offered: String?

    /// What the time bar offers.
    public static let offered: [(name: String, label: String, seconds: Int64)] = [
        ("now-1h", "1 h", 3_600), ("now-6h", "6 h", 21_600), ("now-24h", "24 h", 86_400), ("now-7d", "7 d", 604_800),
        ("now-30d", "30 d", 2_592_000),
    ]
    /// More buckets than that take the next coarser ones.
    private static let bucketsMax: Int64 = 2_000
    /// The moments that a range may have: the range before it, and whole buckets around it, are moments too.
    private static let shown: ClosedRange<Int64> = 0...8_000_000_000_000_000_000

    public var seconds: Int64 { (to.nanoseconds - from.nanoseconds) / 1_000_000_000 }

    /// - Parameter now: The newest event's time.
    public init(_ state: PageState, now: Timestamp) throws(PageProblem) {
        self.now = now
        let asked = try state.first("bucket").map { text throws(PageProblem) in
            guard let level = BucketLevel(named: text) else {
                throw PageProblem.bad("bucket", "bucket is minute, hour, day or all, not “\(text)”")
            }
            return level
        }
        let (fromText, toText) = (state.first("from") ?? "now-24h", state.first("to") ?? "now")
        let from = try Self.moment(fromText, "from", now)
        let to = try Self.moment(toText, "to", now)
        guard from.time < to.time else { throw .bad("from", "from must be before to") }
        let length = (to.time.nanoseconds - from.time.nanoseconds) / 1_000_000_000
        var level = asked ?? Self.level(length)
        while let bucket = level.nanoseconds, length / (bucket / 1_000_000_000) > Self.bucketsMax, level < .day {
            level = BucketLevel(rawValue: level.rawValue + 1) ?? .day
        }
        self.level = level
        // Whole buckets, unless a moment was named: what a range cuts is read from the log.
        let unit = (asked == .all ? Self.level(length) : level).nanoseconds ?? 3_600_000_000_000
        self.to = to.isRelative ? Self.up(to.time, unit) : to.time
        let start =
            from.isRelative && to.isRelative ? Timestamp(nanoseconds: self.to.nanoseconds - length * 1_000_000_000) : from.time
        self.from = from.isRelative ? Self.down(start, unit) : from.time
        isOpen = self.to > now
        offered = toText == "now" && Self.offered.contains { $0.name == fromText } ? fromText : nil
    }

    /// The day up to a moment, by the hour: where an address could not be read.
    init(dayUntil now: Timestamp) {
        (self.now, to, level, isOpen) = (now, Self.up(now, 3_600_000_000_000), .hour, true)
        from = Timestamp(nanoseconds: to.nanoseconds - 86_400_000_000_000)
    }

    /// Minutes up to three hours, hours up to eight days, else days.
    private static func level(_ seconds: Int64) -> BucketLevel {
        seconds <= 10_800 ? .minute : seconds <= 691_200 ? .hour : .day
    }

    /// A moment as it is typed; `now`, `now-6h` and the like are relative.
    static func moment(_ text: String, _ name: String, _ now: Timestamp) throws(PageProblem) -> (
        time: Timestamp, isRelative: Bool
    ) {
        let moment = try read(text, name, now)
        guard shown.contains(moment.time.nanoseconds) else {
            throw .bad(name, "“\(text)” is not between the years 1970 and 2223, of which pages show")
        }
        return moment
    }

    private static func read(_ text: String, _ name: String, _ now: Timestamp) throws(PageProblem) -> (
        time: Timestamp, isRelative: Bool
    ) {
        if text == "now" { return (now, true) }
        if text.hasPrefix("now-"), let unit = text.last, let count = Int64(text.dropFirst(4).dropLast()), count > 0 {
            let seconds: Int64? = ["m": 60, "h": 3_600, "d": 86_400, "w": 604_800][unit]
            if let seconds, count <= 8_000_000_000 / seconds {
                let (time, overflow) = now.nanoseconds.subtractingReportingOverflow(count * seconds * 1_000_000_000)
                if !overflow { return (Timestamp(nanoseconds: time), true) }
            }
        }
        // As a form's field has it: a blank between day and time.
        let typed = text.count > 10 && text.dropFirst(10).first == " " ? text.prefix(10) + "T" + text.dropFirst(11) : text[...]
        guard let moment = MomentText(String(typed)) else {
            throw .bad(name, "“\(text)” is no moment: now, now-6h, 2026-01-21, 2026-01-21 14:00 or RFC 3339")
        }
        return (moment.timestamp, false)
    }

    static func down(_ time: Timestamp, _ unit: Int64) -> Timestamp {
        let quotient = time.nanoseconds / unit
        return Timestamp(nanoseconds: (time.nanoseconds % unit < 0 ? quotient - 1 : quotient) * unit)
    }

    static func up(_ time: Timestamp, _ unit: Int64) -> Timestamp {
        let start = down(time, unit)
        return start == time ? time : start + .nanoseconds(unit)
    }

    /// The range before it, of the same length.
    public var previous: (from: Timestamp, to: Timestamp) {
        (Timestamp(nanoseconds: from.nanoseconds - (to.nanoseconds - from.nanoseconds)), from)
    }

    /// What that is called.
    public var previousName: String {
        switch seconds {
        case 3_600: "the previous hour"
        case 86_400: "the previous day"
        case 604_800: "the previous week"
        default: "the previous period"
        }
    }

    /// The level of a view that keeps nothing finer than `finest`.
    func level(finest: BucketLevel?) -> BucketLevel { max(level == .all ? .hour : level, finest ?? .minute) }
}
