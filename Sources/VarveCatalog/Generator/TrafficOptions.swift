/// What to generate.
public struct TrafficOptions: Hashable, Sendable {
    public var events: Int
    public var days: Int
    public var seed: UInt64
    /// Whether each event gets an id (UUIDv7).
    public var ids: Bool
    /// The start, in milliseconds since 1970.
    public var start: Int64

    /// 2026-01-01T00:00:00Z.
    public static let defaultStart: Int64 = 1_767_225_600_000
    /// Limits within which every generated number keeps its format.
    public static let eventsMax = 2_000_000_000
    public static let daysMax = 3_660

    public init(events: Int, days: Int = 30, seed: UInt64 = 1, ids: Bool = false, start: Int64 = defaultStart) {
        precondition((0...Self.eventsMax).contains(events), "\(events) events")
        precondition((1...Self.daysMax).contains(days), "\(days) days")
        precondition(start >= 0, "start \(start) lies before 1970")
        self.events = events
        self.days = days
        self.seed = seed
        self.ids = ids
        self.start = start
    }
}
