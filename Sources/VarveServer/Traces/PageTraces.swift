internal import VarveEvents
internal import VarveLog
internal import VarvePages

/// Traces for pages, made as the interface makes them.
struct PageTraces: TraceSource {
    /// A list is made from the spans of so many offsets at the end, and of at most so many spans.
    private static let offsetsMax: UInt64 = 2_000_000
    private static let spansMax = 100_000

    func latest(_ question: TraceQuestion, _ reader: LogReader, below offset: UInt64) throws -> [ShownTrace] {
        var filter = LogFilter()
        filter.signals = ["otel.span"]
        (filter.from, filter.to) = (question.from, question.to)
        var choice = TraceChoice()
        (choice.service, choice.name) = (question.service, question.name)
        (choice.least, choice.errorsOnly, choice.limit) = (question.least, question.errorsOnly, question.limit)
        let spans = try Self.spans(reader, filter, below: offset, offsets: Self.offsetsMax, most: Self.spansMax)
        return choice.trees(spans).map(Self.shown)
    }

    func trace(_ id: String, _ reader: LogReader, below offset: UInt64) throws -> ShownTrace? {
        var filter = LogFilter()
        filter.signals = ["otel.span"]
        filter.conditions = [FieldCondition("trace_id", .equal, id)]
        let spans = try Self.spans(reader, filter, below: offset, offsets: .max, most: TraceReport.spansMax)
        let tree = TraceTree(spans)
        return tree.nodes.isEmpty ? nil : Self.shown(tree)
    }

    func duration(_ text: String) -> Int64? { TraceChoice.nanoseconds(text) }

    private static func spans(
        _ reader: LogReader, _ filter: LogFilter, below offset: UInt64, offsets count: UInt64, most: Int
    ) throws -> [TraceSpan] {
        let end = min(offset, try reader.durable().value)
        let from = max(try reader.retained().value, end - min(end, count))
        var found: [TraceSpan] = []
        guard from < end else { return found }
        try reader.scan(from..<end, where: filter, onDamage: { _ in }) { batch in
            batch.forEachEvent { _, event in
                if let span = TraceSpan(event) { found.append(span) }
            }
            if found.count > 2 * most { found.removeFirst(found.count - most) }
        }
        return found.suffix(most)
    }

    private static func shown(_ tree: TraceTree) -> ShownTrace {
        let spans = tree.nodes.map { node in
            ShownSpan(
                id: node.span.spanID, parent: node.span.parentID, name: node.span.name, service: node.span.service,
                kind: node.span.kind, status: node.span.status, start: node.span.start, length: node.span.duration, own: node.own,
                depth: node.depth, isCritical: node.isCritical, attributes: node.span.attributes)
        }
        return ShownTrace(
            id: tree.root?.traceID ?? "", start: tree.start, end: tree.end, spans: spans, missing: tree.missing)
    }
}
