internal import VarveEvents
internal import VarveWire

/// A trace for a terminal.
extension TraceReport {
    /// A line of a trace's tree.
    public struct Line: Hashable, Sendable {
        /// Milliseconds from the trace's start to the span's.
        public var start: Double
        /// Milliseconds.
        public var duration: Double
        /// Milliseconds in which no child ran.
        public var own: Double
        /// Whether the trace would have been shorter without it.
        public var isCritical: Bool
        public var isError: Bool
        /// The span's name, drawn below its parent's.
        public var name: String
        public var service: String
        public var kind: String
    }

    /// What the trace is, in one line.
    public var head: String {
        let duration = Double(tree.end &- tree.start) / 1_000_000
        let moment = RFC3339.text(Timestamp(nanoseconds: tree.start))
        let errors = tree.errors == 1 ? "1 error" : "\(tree.errors) errors"
        return "trace \(tree.root?.traceID ?? "") began \(moment), took \(Self.text(duration)) ms: "
            + "\(tree.nodes.count) spans, \(errors), services: \(tree.services.joined(separator: ", "))"
    }

    /// Milliseconds with three digits behind the point.
    public static func text(_ milliseconds: Double) -> String {
        let thousandths = Int64(exactly: (milliseconds * 1_000).rounded()) ?? 0
        let rest = abs(thousandths % 1_000)
        return "\(thousandths < 0 && thousandths > -1_000 ? "-" : "")\(thousandths / 1_000)."
            + rest.zeroPadded(3)
    }

    /// The spans in the order of a walk through the tree.
    public var lines: [Line] {
        var isLast: [Bool] = []
        return tree.nodes.indices.map { place in
            let node = tree.nodes[place]
            isLast.removeLast(isLast.count - min(isLast.count, node.depth))
            isLast.append(isLastChild(place))
            // The root has no branch before its name.
            let around = isLast.dropFirst().dropLast().map { $0 ? "   " : "│  " }.joined()
            let branch = node.depth == 0 ? "" : isLast[isLast.count - 1] ? "└─ " : "├─ "
            return Line(
                start: Double(node.span.start &- tree.start) / 1_000_000, duration: Double(node.span.duration) / 1_000_000,
                own: Double(node.own) / 1_000_000, isCritical: node.isCritical, isError: node.span.isError,
                name: around + branch + node.span.name, service: node.span.service, kind: node.span.kind)
        }
    }

    private func isLastChild(_ place: Int) -> Bool {
        let depth = tree.nodes[place].depth
        let next = tree.nodes[(place + 1)...].first { $0.depth <= depth }
        return next.map { $0.depth < depth } ?? true
    }

    /// What is missing, and where nothing ran: a sentence each.
    public var notes: [String] {
        let missing = tree.missing.map { parent in
            let orphans = tree.nodes.count { $0.span.parentID == parent }
            let what = orphans == 1 ? "1 span names it" : "\(orphans) spans name it"
            return "the span \(parent) is missing: \(what) as the parent"
        }
        let gaps = tree.gaps.map { gap in
            let name = gap.spanID.flatMap { id in tree.nodes.first { $0.span.spanID == id }?.span.name }
            let from = Double(gap.start &- tree.start) / 1_000_000
            let length = Double(gap.end &- gap.start) / 1_000_000
            let what = name.map { "no child of \($0) ran" } ?? "no span ran"
            return "\(what) for \(Self.text(length)) ms from \(Self.text(from)) ms on"
        }
        return missing + gaps
    }
}
