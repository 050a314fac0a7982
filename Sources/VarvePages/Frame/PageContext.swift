internal import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveViews
internal import VarveWorkspace

/// All that a page is made of before its questions are answered.
struct PageContext: Sendable {
    var state: PageState
    var range: PageRange
    /// All views, by name.
    var views: [String: ViewDescription]
    var order: [String]
    /// The prefix of the log that is shown; nil for now.
    var moment: AsOf?
    /// Where the prefix ends, and when its last event was appended.
    var offset: UInt64
    var appended: Timestamp?
    var segments: [SegmentInfo]
    var durable: UInt64
    var retained: UInt64
    var projectors: [ProjectorStatus]
    var hours: [LogHour]
    var server: ServerFacts
    var sources = PageSources()
    /// Rules and alerts; nil of a log without events, and where they cannot be read.
    var alerts: AlertsAt?

    var isPast: Bool { moment != nil }
    /// Whether the prefix has no event.
    var isEmpty: Bool { offset == 0 }
    var projector: String { state.first("name") ?? "main" }

    /// Whether there is a page at a path.
    func shows(_ path: String) -> Bool { !sources.hidden.contains(path) }

    /// Views that exist, of those named.
    func known(_ names: [String]) -> [ViewDescription] { names.compactMap { views[$0] } }

    /// The finest bucket of a view that a page asks for.
    func level(_ view: String) -> BucketLevel { range.level(finest: views[view]?.buckets.first) }
}

/// A stretch of the log, by when it was appended: the strip of the time machine is made of these.
struct LogHour: Hashable, Sendable {
    var first: UInt64
    var end: UInt64
    var time: Timestamp?
}
