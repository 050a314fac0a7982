internal import VarveEvents
public import VarveLog
internal import VarveWire

/// One trace out of a log: as JSON, which `GET /api/v1/traces/{id}` answers with, and as lines for a terminal.
public struct TraceReport: Sendable {
    /// Spans of one trace that are read at most.
    static let spansMax = 10_000
    let tree: TraceTree

    init(_ tree: TraceTree) { self.tree = tree }

    /// A trace's id with all of its 32 hexadecimal digits; nil for a text that is none.
    public static func id(_ text: String) -> String? {
        let id = text.lowercased()
        guard (16...32).contains(id.utf8.count), id.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
        return id.zeroPadded(32)
    }

    static func filter(_ id: String) -> LogFilter {
        var filter = TraceSpan.filter
        filter.conditions = [FieldCondition("trace_id", .equal, id)]
        return filter
    }

    /// Reads the spans of the trace `id`, which `id` gave; nil where there are none.
    public static func read(_ id: String, in reader: LogReader) throws -> TraceReport? {
        let found = try TraceSpan.last(spansMax, in: reader, where: filter(id))
        return found.isEmpty ? nil : TraceReport(TraceTree(found))
    }

    private static func milliseconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1_000_000 }

    /// One object.
    public var json: String {
        var line = JSONLine()
        line.field("trace_id", tree.root?.traceID)
        line.field("time", RFC3339.text(Timestamp(nanoseconds: tree.start)))
        line.field("duration_ms", Self.milliseconds(tree.end &- tree.start))
        line.field("errors", tree.errors)
        line.field("services", json: JSONLine.array(tree.services.map(JSONLine.string)))
        line.field("missing_parents", json: JSONLine.array(tree.missing.map(JSONLine.string)))
        line.field("gaps", json: JSONLine.array(tree.gaps.map { Self.gap($0, tree.start) }))
        line.field("spans", json: JSONLine.array(tree.nodes.map { Self.span($0, tree.start) }))
        return line.text
    }

    private static func gap(_ gap: TraceTree.Gap, _ start: Int64) -> String {
        var line = JSONLine()
        line.field("span_id", gap.spanID)
        line.field("offset_ms", milliseconds(gap.start &- start))
        line.field("duration_ms", milliseconds(gap.end &- gap.start))
        return line.text
    }

    private static func span(_ node: TraceTree.Node, _ start: Int64) -> String {
        var line = JSONLine()
        line.field("span_id", node.span.spanID)
        line.field("parent_id", node.span.parentID)
        line.field("depth", node.depth)
        line.field("service", node.span.service)
        line.field("name", node.span.name)
        line.field("kind", node.span.kind)
        line.field("status", node.span.status)
        line.field("offset_ms", milliseconds(node.span.start &- start))
        line.field("duration_ms", milliseconds(node.span.duration))
        line.field("self_ms", milliseconds(node.own))
        line.field("critical", node.isCritical)
        return line.text
    }
}
