/// The spans of one trace as a tree: who called whom, what took the time, and what is missing.
struct TraceTree: Sendable {
    struct Node: Sendable {
        var span: TraceSpan
        var depth: Int
        /// Nanoseconds in which no child ran.
        var own: Int64 = 0
        /// Whether the trace would have been shorter without it.
        var isCritical = false
    }

    /// In the order of a walk through the tree: parents before children, children by their start.
    private(set) var nodes: [Node] = []
    /// Spans that are named as parents and are not there.
    private(set) var missing: [String] = []

    /// Spans that stand twice count once.
    init(_ spans: [TraceSpan]) {
        var byID: [String: TraceSpan] = [:]
        for span in spans where byID[span.spanID] == nil { byID[span.spanID] = span }
        var children: [String: [TraceSpan]] = [:]
        var roots: [TraceSpan] = []
        for span in byID.values {
            if let parent = span.parentID, byID[parent] != nil, parent != span.spanID {
                children[parent, default: []].append(span)
            } else {
                roots.append(span)
            }
        }
        missing = Set(roots.compactMap(\.parentID)).subtracting(byID.keys).sorted()
        var left = Set(byID.keys)
        walk(roots, children, &left)
        // Spans whose parents are each other's are reached from no root.
        for first in left.sorted() where left.contains(first) { walk([byID[first]].compactMap { $0 }, children, &left) }
        markCritical(children)
    }

    private mutating func walk(_ roots: [TraceSpan], _ children: [String: [TraceSpan]], _ left: inout Set<String>) {
        var waiting = roots.sorted(by: Self.isLater).map { (span: $0, depth: 0) }
        while let (span, depth) = waiting.popLast() {
            guard left.remove(span.spanID) != nil else { continue }
            let inside = children[span.spanID] ?? []
            nodes.append(Node(span: span, depth: depth, own: Self.own(span, inside)))
            waiting += inside.sorted(by: Self.isLater).map { ($0, depth + 1) }
        }
    }

    private static func isLater(_ left: TraceSpan, _ right: TraceSpan) -> Bool {
        (left.start, left.spanID) > (right.start, right.spanID)
    }

    /// The time of a span less that in which any of its children ran.
    private static func own(_ span: TraceSpan, _ children: [TraceSpan]) -> Int64 {
        var covered: Int64 = 0
        var reached = span.start
        for child in children.sorted(by: { $0.start < $1.start }) {
            let (start, end) = (max(child.start, reached), min(child.end, span.end))
            if end > start {
                covered &+= end &- start
                reached = end
            }
        }
        return max(0, span.duration &- covered)
    }

    /// From the root that ends last: backwards from its end through the child that ended last before, and so on.
    private mutating func markCritical(_ children: [String: [TraceSpan]]) {
        guard let root = nodes.filter({ $0.depth == 0 }).max(by: { $0.span.end < $1.span.end }) else { return }
        var critical: Set<String> = []
        var waiting = [(span: root.span, until: root.span.end)]
        while let (span, until) = waiting.popLast() {
            guard critical.insert(span.spanID).inserted else { continue }
            var reached = min(until, span.end)
            for child in (children[span.spanID] ?? []).sorted(by: { $0.end > $1.end }) where child.start < reached {
                guard child.end <= reached || reached == min(until, span.end) else { continue }
                waiting.append((child, min(reached, child.end)))
                reached = child.start
            }
        }
        for place in nodes.indices { nodes[place].isCritical = critical.contains(nodes[place].span.spanID) }
    }

    var start: Int64 { nodes.map(\.span.start).min() ?? 0 }
    var end: Int64 { nodes.map(\.span.end).max() ?? 0 }
    var services: [String] { Set(nodes.map(\.span.service)).sorted() }
    var errors: Int { nodes.count { $0.span.isError } }
    var root: TraceSpan? { nodes.first { $0.depth == 0 }?.span }
}
