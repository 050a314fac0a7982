internal import HTTPTypes
internal import Hummingbird
internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWire
internal import VarveWorkspace

/// Proofs of what views say, and what explains that they differ.
struct ViewProofs: Sendable {
    let state: ServerState

    /// `GET /api/v1/views/{name}/prove`: from the events themselves.
    func prove(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["at", "name"])
        let view = try await context.workspace.view(ViewReplies.name(context), query.first("name") ?? "main")
        let moment = try query.asOf() ?? .now
        let path = context.workspace.path
        let proof = try await context.workspace.question { () throws -> String in
            try ViewHistory.open(at: path, threads: 2, usesCache: false).prove(view, asOf: moment).json
        }
        return ViewReplies.json(proof + "\n")
    }

    /// `GET /api/v1/views/{name}/diff`: as `varve view diff --from A..B --against C..D --json`.
    func diff(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["from", "against", "by", "column", "top", "name"])
        let projector = query.first("name") ?? "main"
        let view = try await context.workspace.view(ViewReplies.name(context), projector)
        guard case .mergeable(let definition) = view else {
            throw Problem(400, "bad_query", "a view that depends on the order of events has no windows to compare")
        }
        let windows = try [window("against", query, definition.zone), window("from", query, definition.zone)]
        let column = query.first("column") ?? WindowDifference.usualColumn(definition) ?? ""
        guard definition.columnNames.contains(column) else {
            throw Problem.badParameter("column", "one of \(definition.columnNames.joined(separator: ", "))")
        }
        let names = definition.dimensions.map(\.name)
        let dimensions = query.first("by") == nil ? names : query.list("by")
        guard dimensions.allSatisfy({ names.contains($0) }) else {
            throw Problem.badParameter("by", "one of \(names.joined(separator: ", "))")
        }
        let top = try query.number("top", in: 1...10_000) ?? 10
        let seconds = windows.map { (Double($0.upperBound.nanoseconds) - Double($0.lowerBound.nanoseconds)) / 1e9 }
        let difference = WindowDifference(definition, column: column, scale: seconds[1] / seconds[0])
        var rows: [String] = []
        for dimension in dimensions {
            var answers: [ViewAnswer] = []
            for window in windows {
                answers.append(
                    try await context.workspace.answer(
                        ViewRequest(
                            view, source: .keptOrLog(projector: projector), bucket: .all, by: [dimension],
                            from: window.lowerBound, to: window.upperBound)))
            }
            let ranked = difference.ranked(dimension, before: answers[0].rows, after: answers[1].rows)
            rows += ranked.prefix(top).map(\.json)
        }
        return ViewReplies.json("[" + rows.joined(separator: ",\n") + "]\n")
    }

    private func window(_ name: String, _ query: QueryText, _ zone: BucketZone) throws(Problem) -> Range<Timestamp> {
        guard let text = query.first(name), let dots = text.firstRange(of: "..") else {
            throw .badParameter(name, "a window: A..B")
        }
        let ends = [text[..<dots.lowerBound], text[dots.upperBound...]].compactMap { MomentText(String($0)) }.map { moment in
            moment.hasZone ? moment.timestamp : zone.moment(local: moment.timestamp)
        }
        guard ends.count == 2, ends[0] < ends[1] else { throw .badParameter(name, "a window: A..B, A before B") }
        return ends[0]..<ends[1]
    }
}
