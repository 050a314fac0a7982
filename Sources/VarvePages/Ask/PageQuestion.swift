internal import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveViews
internal import VarveWorkspace

/// A question of a page with what is asked for it: all of it, or the part that may still change.
struct PageQuestion: Sendable {
    var ask: Ask
    var request: ViewRequest
    var description: ViewDescription
    private var key: ClosedRows.Key?
    private var closed: ClosedRows.Entry?

    init(_ ask: Ask, _ request: ViewRequest, _ description: ViewDescription) {
        (self.ask, self.request, self.description) = (ask, request, description)
    }

    /// Takes the rows that are known.
    mutating func recall(_ memory: ClosedRows, _ context: PageContext, directory: String, segments: Int) async {
        guard let end = ClosedRows.end(ask, now: context.range.now) else { return }
        var known = ask
        known.to = end
        let key = ClosedRows.Key(
            directory: directory, projector: context.projector, version: description.version, ask: known, segments: segments)
        self.key = key
        closed = await memory.entry(key)
    }

    /// What is asked.
    var asked: ViewRequest {
        guard closed != nil, let end = key?.ask.to else { return request }
        var open = request
        open.from = end
        return open
    }

    /// The whole answer: with the rows that were known, or, where those do not hold any more, asked again.
    func whole(
        _ answer: Result<ViewAnswer, PageProblem>, _ memory: ClosedRows, _ workspace: Workspace,
        again: (ViewRequest) async throws -> Result<ViewAnswer, PageProblem>
    ) async throws -> Result<ViewAnswer, PageProblem> {
        guard let key, let end = key.ask.to, case .success(var whole) = answer else { return answer }
        let offset = whole.offset.value
        if let closed {
            let isUntouched = try await workspace.runQuestion { [reader = workspace.reader] in
                try ClosedRows.isUntouched(reader, closed.offset, offset, before: end)
            }
            if isUntouched, closed.fits(whole, limit: ask.limit) {
                whole.rows = closed.rows + whole.rows
                whole.from = closed.from
                await memory.used(key, at: offset)
                return .success(whole)
            }
            var request = self.request
            request.asOf = .offset(whole.offset)
            let asked = try await again(request)
            guard case .success(let found) = asked else { return asked }
            whole = found
        }
        if whole.rows.count < ask.limit, !whole.isOtherRange { await memory.store(.init(whole, before: end), key) }
        return .success(whole)
    }

    /// Sealed segments, by what they contain.
    static func segments(_ segments: [SegmentInfo]) -> Int {
        var hasher = Hasher()
        for segment in segments where segment.isSealed {
            hasher.combine(segment.firstOffset.value)
            hasher.combine(segment.contentHash.map { "\($0)" })
        }
        return hasher.finalize()
    }
}
