/// A trace as pages show it. Times are nanoseconds since 1970, lengths nanoseconds.
public struct ShownTrace: Sendable {
    public var id: String
    public var start: Int64
    public var end: Int64
    /// Parents before children, children by their start.
    public var spans: [ShownSpan]
    /// Ids of spans that are named as parents and are not there.
    public var missing: [String]

    public init(id: String, start: Int64, end: Int64, spans: [ShownSpan], missing: [String]) {
        self.id = id
        self.start = start
        self.end = end
        self.spans = spans
        self.missing = missing
    }

    var length: Int64 { max(0, end &- start) }
    var root: ShownSpan? { spans.first { $0.depth == 0 } }
    var errors: Int { spans.count { $0.isError } }

    /// By how much of the time was spent in them, the most first.
    var services: [(name: String, own: Int64, critical: Int64)] {
        var sums: [String: (own: Int64, critical: Int64)] = [:]
        for span in spans {
            let before = sums[span.service] ?? (0, 0)
            sums[span.service] = (before.own &+ span.own, before.critical &+ (span.isCritical ? span.own : 0))
        }
        return sums.map { ($0.key, $0.value.own, $0.value.critical) }.sorted { ($1.own, $0.name) < ($0.own, $1.name) }
    }
}
