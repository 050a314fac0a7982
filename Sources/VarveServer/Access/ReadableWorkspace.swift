internal import VarveEvents
internal import VarveLog
internal import VarvePages
internal import VarveProjections
internal import VarvePromQL
internal import VarveViews
internal import VarveWorkspace

/// A workspace, to read it and nothing else.
struct ReadableWorkspace: Sendable {
    private let workspace: Workspace
    /// The text of its latest blocks, for subscribers of its stream.
    let rendered: RenderedBlocks
    private let series: KeptSeries
    /// Whether it may still be read: a stream asks that while it lasts.
    let isAllowed: @Sendable () -> Bool
    /// Whether it is the data directory's own, and no tenant's.
    let isHome: Bool

    init(_ workspace: Workspace) {
        self.workspace = workspace
        rendered = RenderedBlocks()
        series = KeptSeries()
        isAllowed = { true }
        isHome = true
    }

    init(_ tenant: Tenant, isAllowed: @escaping @Sendable () -> Bool) {
        workspace = tenant.workspace
        rendered = tenant.rendered
        series = tenant.series
        self.isAllowed = isAllowed
        isHome = tenant.isHome
    }

    var path: String { workspace.path }

    /// Where the log ended when the feed last looked.
    var durable: Offset { workspace.feed.durable }

    /// Runs `body`, which may take its time, on a thread that answers questions.
    func question<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await workspace.runQuestion(body)
    }

    /// The same with the log that the server has open.
    func read<Value: Sendable>(_ body: @escaping @Sendable (LogReader) throws -> Value) async throws -> Value {
        try await workspace.runQuestion { [reader = workspace.reader] in try body(reader) }
    }

    /// The log, the projectors and the background errors of now.
    func standing() async throws -> (LogSnapshot, [ProjectorStatus], [BackgroundError]) {
        (try await workspace.snapshot(), try await workspace.projectors(), workspace.backgroundErrors)
    }

    /// All views, with what the projector keeps of them, and where the log ends.
    func views(_ projector: String) async throws -> (views: [ViewDescription], durable: Offset) {
        (try await workspace.views(projector: projector), try await workspace.durable())
    }

    /// Where the log ends: every event below is on disk.
    func durable() async throws -> Offset { try await workspace.durable() }

    func view(_ name: String, _ projector: String) async throws -> AnyView {
        try await workspace.view(named: name, projector: projector)
    }

    func page(_ address: PageState, _ facts: ServerFacts, _ sources: PageSources) async throws -> PageReply {
        try await PageRenderer(workspace, sources).reply(to: address, facts)
    }

    func answer(_ request: ViewRequest) async throws -> ViewAnswer { try await workspace.answer(request) }

    func query(_ request: QueryRequest, _ moment: AsOf) async throws -> QueryAnswer {
        try await workspace.query(request, asOf: moment)
    }

    /// Runs `body` with all series, on a thread that answers questions.
    func evaluate<Value: Sendable>(
        _ body: @escaping @Sendable (WorkspaceSeries) throws(PromQLError) -> Value
    ) async throws -> Value {
        try await series.evaluate(in: workspace, body)
    }

    /// The hash of a view as of a moment, and that moment as an offset.
    func hash(_ view: AnyView, _ moment: AsOf) async throws -> (hash: String, offset: Offset) {
        try await workspace.runQuestion { [path = workspace.path] in
            let history = try ViewHistory.open(at: path)
            let offset = try history.offset(moment)
            return ("\(try history.hash(of: view, asOf: .offset(offset)))", offset)
        }
    }

    func events(
        _ filter: LogFilter, _ direction: EventPage.Direction, cursor: UInt64?, limit: Int, bytesMax: Int
    ) async throws -> EventPage {
        try await workspace.runQuestion { [reader = workspace.reader] in
            try EventPage.read(reader, filter, direction, cursor: cursor, limit: limit, bytesMax: bytesMax)
        }
    }

    /// The spans of the last `count` offsets that match; at most the last `most` of them.
    func spans(where filter: LogFilter, offsets count: UInt64, most: Int) async throws -> [TraceSpan] {
        try await read { try TraceSpan.last(most, in: $0, where: filter, offsets: count) }
    }

    /// What `body` makes of the events of a short stretch of offsets.
    func scan<Value: Sendable>(
        _ range: Range<UInt64>, _ filter: LogFilter, _ body: @escaping @Sendable ([EventBatch]) -> Value
    ) async throws -> Value {
        try await workspace.runQuestion { [reader = workspace.reader] in
            var batches: [EventBatch] = []
            try reader.scan(range, where: filter, onDamage: { _ in }) { batches.append($0) }
            return body(batches)
        }
    }

    /// Events from an offset on, or those that come from now on.
    func subscribe(from offset: UInt64?, where filter: LogFilter) -> FeedSubscription {
        workspace.feed.subscribe(from: offset.map { Offset($0) } ?? workspace.feed.durable, where: filter)
    }
}
