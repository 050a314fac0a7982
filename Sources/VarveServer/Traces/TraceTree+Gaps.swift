/// Where a trace says nothing of what happened.
extension TraceTree {
    /// A stretch of time, in nanoseconds since 1970.
    struct Gap: Hashable, Sendable {
        /// The span of which no child ran; nil where no span at all ran.
        var spanID: String?
        var start: Int64
        var end: Int64
    }

    /// A shorter stretch is none.
    private static let least: Int64 = 1_000_000

    /// Stretches in which no span ran, and those of more than a tenth of the trace in which no child of a span with children
    /// ran, by their start.
    var gaps: [Gap] {
        var found = Self.uncovered(start..<max(start, end), nodes.map(\.span)).map { Gap(spanID: nil, start: $0, end: $1) }
        var children: [String: [TraceSpan]] = [:]
        for node in nodes where node.depth > 0 {
            if let parent = node.span.parentID { children[parent, default: []].append(node.span) }
        }
        let tenth = (end &- start) / 10
        for node in nodes {
            guard let inside = children[node.span.spanID] else { continue }
            let span = node.span
            for (from, to) in Self.uncovered(span.start..<max(span.start, span.end), inside) where to &- from > tenth {
                found.append(Gap(spanID: span.spanID, start: from, end: to))
            }
        }
        return found.sorted { ($0.start, $0.spanID ?? "") < ($1.start, $1.spanID ?? "") }
    }

    /// The parts of `range` in which none of the spans ran.
    private static func uncovered(_ range: Range<Int64>, _ spans: [TraceSpan]) -> [(Int64, Int64)] {
        var parts: [(Int64, Int64)] = []
        var reached = range.lowerBound
        for span in spans.sorted(by: { $0.start < $1.start }) {
            let next = min(span.start, range.upperBound)
            if next > reached, next &- reached >= least { parts.append((reached, next)) }
            reached = max(reached, span.end)
        }
        if range.upperBound > reached, range.upperBound &- reached >= least { parts.append((reached, range.upperBound)) }
        return parts
    }
}
