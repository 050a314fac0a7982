internal import VarveCatalog
internal import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveViews
internal import VarveWorkspace

/// A workspace, to read it and nothing else.
struct ReadableWorkspace: Sendable {
    private let workspace: Workspace
    private let state: ServerState

    init(_ workspace: Workspace, _ state: ServerState) {
        self.workspace = workspace
        self.state = state
    }

    /// The log, the projectors and the background errors of now.
    func standing() async throws -> (LogSnapshot, [ProjectorStatus], [BackgroundError]) {
        (try await workspace.snapshot(), try await workspace.projectors(), workspace.backgroundErrors)
    }

    /// All views, what a projector keeps of them, and where the log ends.
    func views(_ projector: String) async throws -> (views: KnownViews, kept: [StoredView], durable: Offset) {
        try await state.questions.run { [path = workspace.path, reader = workspace.reader, folders] in
            (KnownViews(folders), Self.stored(path, projector), try reader.durable())
        }
    }

    func view(_ name: String, _ projector: String) async throws -> AnyView {
        try await state.questions.run { [path = workspace.path, folders] in
            try KnownViews(folders).view(name) { name in
                try CurrentVersions(at: path, projector: projector).version(of: name, Self.stored(path, projector))
            }
        }
    }

    private var folders: [String] { [ServerPaths(workspace.path).views] + state.options.viewFolders }

    /// Nothing before the projector has run.
    private static func stored(_ path: String, _ projector: String) -> [StoredView] {
        let store = try? ViewStore.open(at: path, projector: projector)
        return (try? store?.read { store throws(ViewError) in try store.views() }) ?? []
    }

    func answer(_ request: ViewRequest) async throws -> ViewAnswer {
        try await state.questions.run { [path = workspace.path] in try Self.answer(request, path) }
    }

    private static func answer(_ request: ViewRequest, _ path: String) throws(ViewError) -> ViewAnswer {
        let views = try ViewAnswers.open(at: path)
        do {
            return try views.answer(request)
        } catch {
            guard error.code == .noStore else { throw error }
            // No projector has run yet: the log has it all.
            var asked = request
            asked.source = .log
            return try views.answer(asked)
        }
    }

    func query(_ request: QueryRequest, _ moment: AsOf) async throws -> QueryAnswer {
        try await state.questions.run { [path = workspace.path] in
            try LogQuery.open(at: path, known: Catalog.fieldNames).answer(request, asOf: moment)
        }
    }

    /// The hash of a view as of a moment, and that moment as an offset.
    func hash(_ view: AnyView, _ moment: AsOf) async throws -> (hash: String, offset: Offset) {
        try await state.questions.run { [path = workspace.path] in
            let history = try ViewHistory.open(at: path)
            let offset = try history.offset(moment)
            return ("\(try history.hash(of: view, asOf: .offset(offset)))", offset)
        }
    }

    func events(
        _ filter: LogFilter, _ direction: EventPage.Direction, cursor: UInt64?, limit: Int, bytesMax: Int
    ) async throws -> EventPage {
        try await state.questions.run { [reader = workspace.reader] in
            try EventPage.read(reader, filter, direction, cursor: cursor, limit: limit, bytesMax: bytesMax)
        }
    }

    /// Events from an offset on, or those that come from now on.
    func subscribe(from offset: UInt64?, where filter: LogFilter) -> FeedSubscription {
        workspace.feed.subscribe(from: offset.map { Offset($0) } ?? workspace.feed.durable, where: filter)
    }
}
