internal import VarveCatalog
internal import VarveEvents
public import VarveLog
public import VarveProjections
public import VarveViews

/// Where analyses and reports get their rows: the views of a data directory, queries of its log, and its events. Calls block.
public struct AnalysisRows: Sendable {
    let reader: LogReader
    let projector: String
    private let path: String
    private let defined: DefinedViews
    private let views: ViewAnswers
    private let log: LogQuery

    /// - Parameter viewFolders: folders of view files in addition to those saved in the directory.
    public init(_ reader: LogReader, at path: String, projector: String = "main", viewFolders: [String] = [], threads: Int = 2) {
        self.reader = reader
        self.projector = projector
        self.path = path
        var defined = DefinedViews(builtIn: Catalog.allViews, at: path)
        for folder in viewFolders { defined.addReadable(of: folder) }
        self.defined = defined
        views = ViewAnswers(reader, at: path, threads: threads)
        log = LogQuery(reader, at: path, threads: threads, known: Catalog.fieldNames)
    }

    /// The view `name`, or its version 2 for `name@2`; without a version the one that readers see.
    public func view(_ name: String) throws -> AnyView {
        let parts = name.split(separator: "@", maxSplits: 1).map(String.init)
        let versions = defined.versions(of: parts.first ?? name)
        guard let first = versions.first else {
            let near = NearNames.nearest(to: name, among: defined.views.map(\.name), within: 3).first
            throw AnalysisError(.usage, "there is no view '\(name)'", next: near.map { "did you mean \($0)?" })
        }
        if parts.count > 1 {
            guard let view = versions.first(where: { String($0.version) == parts[1] }) else {
                throw AnalysisError(.usage, "there is no version '\(parts[1])' of '\(parts[0])'")
            }
            return view
        }
        guard versions.count > 1 else { return first }
        let current = try CurrentVersions(at: path, projector: projector).version(of: name, views.storedViews(projector))
        return versions.first { $0.version == current } ?? first
    }

    /// The same for a view with buckets.
    func mergeable(_ name: String) throws -> ViewDefinition {
        guard case .mergeable(let definition) = try view(name) else {
            throw AnalysisError(.usage, "'\(name)' is a sequential view without buckets")
        }
        return definition
    }

    /// From the projector's store if it keeps the view, else from the log.
    public func answer(_ request: ViewRequest) throws -> ViewAnswer {
        var asked = request
        asked.source = .keptOrLog(projector: projector)
        return try views.answer(asked)
    }

    func answers(_ requests: [ViewRequest]) throws -> [ViewAnswer] {
        try views.answers(
            to: requests.map { request in
                var asked = request
                asked.source = .keptOrLog(projector: projector)
                return asked
            })
    }

    public func query(_ request: QueryRequest, asOf moment: AsOf? = nil) throws -> [ViewRow] {
        try log.answer(request, asOf: moment ?? .now).rows
    }

    /// Calls `body` with each event that matches, in the order of the log. Damage is skipped.
    func events(_ filter: LogFilter, _ body: (Event) -> Void) throws {
        let range = try reader.retained().value..<max(reader.retained().value, reader.durable().value)
        try reader.scan(range, where: filter) { batch in batch.forEachEvent { _, event in body(event) } }
    }

    /// The signals in the log.
    func signals() throws -> Set<String> { Set(try reader.fields().signals) }

    /// The times of the first and the last event, by event time; nil of an empty log.
    func span() throws -> (first: Timestamp, last: Timestamp)? {
        var times: [Timestamp] = []
        for segment in try reader.segments() {
            if let range = segment.time {
                times += [range.lowerBound, range.upperBound]
                continue
            }
            // Only sealed segments have their times written down.
            try reader.scan(segment.firstOffset.value..<segment.endOffset.value) { batch in
                times += [batch.times.min(), batch.times.max()].compactMap { $0.map { Timestamp(nanoseconds: $0) } }
            }
        }
        guard let first = times.min(), let last = times.max() else { return nil }
        return (first, last)
    }
}
