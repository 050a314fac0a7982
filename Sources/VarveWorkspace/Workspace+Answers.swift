internal import VarveCatalog
public import VarveProjections
public import VarveViews

/// Queries. Each runs on a thread of the workspace, with stores and readers that stay open between queries.
extension Workspace {
    /// Answers one request about a view, from the rows a projector maintains, from the log, or from both.
    ///
    ///     let view = try await workspace.view(named: "rollback_rate")
    ///     let answer = try await workspace.answer(ViewRequest(view, source: .keptOrLog(projector: "main"), from: start))
    ///
    /// - Throws: `.view` with the errors of `ViewAnswers.answer`, `.busy` if too many queries wait, `.cancelled`.
    public func answer(_ request: ViewRequest) async throws(WorkspaceError) -> ViewAnswer {
        let answers = try await answers(to: [request])
        return answers[0]
    }

    /// Answers several requests in one pass over stores and log; answers from the same store are consistent with each other.
    public func answers(to requests: [ViewRequest]) async throws(WorkspaceError) -> [ViewAnswer] {
        try await runQuestion { [views] in try views.answers(to: requests) }
    }

    /// Answers an ad hoc query by folding the log.
    public func query(_ request: QueryRequest, asOf moment: AsOf = .now) async throws(WorkspaceError) -> QueryAnswer {
        try await runQuestion { [query] in try query.answer(request, asOf: moment) }
    }

    /// The plan of `query`, without running it.
    public func plan(_ request: QueryRequest, asOf moment: AsOf = .now) async throws(WorkspaceError) -> QueryPlan {
        try await run { [query] in try query.plan(request, asOf: moment) }
    }

    /// All views with their columns: built in, saved in the directory, and from `Options.viewFolders`.
    ///
    /// - Parameter projector: The projector whose stored views `kept` and `isCurrent` describe.
    public func views(projector: String = "main") async throws(WorkspaceError) -> [ViewDescription] {
        try await run { [path, viewFolders, views] in
            let defined = Self.defined(at: path, viewFolders)
            let stored = try views.storedViews(projector)
            let current = try CurrentVersions(at: path, projector: projector)
            let isKept = try stored.isEmpty || Registry(at: path).projectors().contains { $0.name == projector }
            return try defined.views.map { view in
                let versions = defined.versions(of: view.name)
                let shown = versions.count == 1 ? view.version : try current.version(of: view.name, stored)
                let identities = view.storedIdentities
                let kept = stored.first { identities.contains($0.fingerprint) }
                return ViewDescription(
                    view, isBuiltIn: defined.isBuiltIn(view), isCurrent: shown ?? versions[0].version == view.version,
                    kept: isKept ? kept : kept?.withoutProjector)
            }
        }
    }

    /// The view `name`, or its version 2 for `name@2`. Without a version, the one that readers see.
    ///
    /// - Throws: `.view` with the code `unknownView` if there is none.
    public func view(named name: String, projector: String = "main") async throws(WorkspaceError) -> AnyView {
        try await run { [path, viewFolders, views] in
            let versions = Self.defined(at: path, viewFolders).versions(of: name)
            guard let first = versions.first else {
                throw ViewError(.unknownView, "there is no view '\(name)'")
            }
            guard versions.count > 1 else { return first }
            let current = try CurrentVersions(at: path, projector: projector)
                .version(of: name, views.storedViews(projector))
            return versions.first { $0.version == current } ?? first
        }
    }

    /// View files, and folders of them, that could not be read; `views` omits them.
    public func brokenViewFiles() async throws(WorkspaceError) -> [DefinedViews.BrokenFile] {
        try await run { [path, viewFolders] in Self.defined(at: path, viewFolders).broken }
    }

    private static func defined(at path: String, _ folders: [String]) -> DefinedViews {
        var defined = DefinedViews(builtIn: Catalog.allViews, at: path)
        for folder in folders { defined.addReadable(of: folder) }
        return defined
    }

    /// Runs `body`, which may take as long as a query, on a query thread.
    ///
    /// - Throws: The errors of `run`.
    public func runQuestion<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws(WorkspaceError) -> Value {
        do {
            return try await answering.run { [metrics] in
                let clock = ContinuousClock()
                let start = clock.now
                defer { metrics.answered(clock.now - start) }
                return try body()
            }
        } catch {
            throw WorkspaceError(error, place: path)
        }
    }
}
