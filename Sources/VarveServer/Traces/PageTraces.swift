internal import VarveEvents
internal import VarveLog
internal import VarvePages

/// Traces for pages, made as the interface makes them.
struct PageTraces: TraceSource {
    /// A list is made from at most so many spans.
    private static let spansMax = 100_000

    func latest(_ question: TraceQuestion, _ reader: LogReader, below offset: UInt64) throws -> [ShownTrace] {
        var filter = TraceSpan.filter
        (filter.from, filter.to) = (question.from, question.to)
        var choice = TraceChoice()
        (choice.service, choice.name) = (question.service, question.name)
        (choice.least, choice.errorsOnly, choice.limit) = (question.least, question.errorsOnly, question.limit)
        let spans = try TraceSpan.last(
            Self.spansMax, in: reader, where: filter, below: offset, offsets: TraceSpan.listedOffsets)
        return choice.trees(spans).map(Self.shown)
    }

    func trace(_ id: String, _ reader: LogReader, below offset: UInt64) throws -> ShownTrace? {
        let spans = try TraceSpan.last(TraceReport.spansMax, in: reader, where: TraceReport.filter(id), below: offset)
        let tree = TraceTree(spans)
        return tree.nodes.isEmpty ? nil : Self.shown(tree)
    }

    func duration(_ text: String) -> Int64? { TraceChoice.nanoseconds(text) }

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
