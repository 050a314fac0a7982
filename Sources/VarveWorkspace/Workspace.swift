internal import Synchronization
internal import VarveCatalog
public import VarveEvents
public import VarveIngest
public import VarveLog
public import VarveViews

/// One open data directory: ingestion, snapshots of its log, its change feed, queries of its views, its projectors.
///
///     let workspace = try await Workspace.open(at: "data")
///     try await workspace.append(batch)
///     for try await step in workspace.feed.subscribe(from: Offset(0)) { … }
///
/// May be used by any number of tasks at once. No call blocks the cooperative pool.
public final class Workspace: Sendable {
    /// Options of a workspace.
    public struct Options: Sendable {
        /// The log's options. A new log gets the catalog's retention rules if they contain none.
        public var log = LogOptions()
        public var feed = FeedOptions()
        /// Whether to take the writer's lock; without it the directory can be read while another process writes.
        public var writes = true
        /// The number of queries that run at once; further ones wait.
        public var answersAtOnce = 2
        /// The number of threads that fold the log for one query.
        public var threadsPerAnswer = 2
        /// The number of queries that may wait; further ones fail with `.busy`.
        public var waitingMax = 256
        /// Bytes of samples that are kept in memory for queries of series.
        public var seriesBytes = 256 << 20
        /// Folders of view files in addition to those saved in the directory.
        public var viewFolders: [String] = []

        public init() {}
    }

    /// The directory.
    public let path: String
    /// Its change feed.
    public let feed: ChangeFeed
    /// A reader of the log, for callers that may block.
    public let reader: LogReader
    let ingestor: Ingestor?
    let views: ViewAnswers
    let query: LogQuery
    let viewFolders: [String]
    let answering: WorkQueue
    let metrics = WorkspaceMetrics()
    let samples: SeriesCache
    /// For short jobs, which do not wait behind queries.
    private let work: WorkQueue
    private let stages = Mutex<[String: Readiness]>([:])

    private init(_ path: String, _ options: Options, _ ingestor: Ingestor?, _ reader: LogReader) {
        self.path = path
        self.ingestor = ingestor
        self.reader = reader
        feed = ChangeFeed(reader, options: options.feed)
        views = ViewAnswers(reader, at: path, threads: options.threadsPerAnswer)
        query = LogQuery(reader, at: path, threads: options.threadsPerAnswer, known: Catalog.fieldNames)
        viewFolders = options.viewFolders
        samples = SeriesCache(reader, bytesMax: options.seriesBytes)
        answering = WorkQueue(threads: options.answersAtOnce, waitingMax: options.waitingMax)
        work = WorkQueue(threads: 2, waitingMax: options.waitingMax)
    }

    /// Opens the directory and recovers its log. If `options.writes` is set, a missing directory is created.
    ///
    /// - Throws: `.log` with the code `lockHeld` if another process is writing to it.
    public static func open(at path: String, options: Options = Options()) async throws(WorkspaceError) -> Workspace {
        do {
            let ingestor = options.writes ? try await Ingestor.open(at: path, options: options.log) : nil
            let opened = await onThread {
                Result {
                    try LogReader.open(at: path)
                }
            }
            let reader = try opened.get()
            return Workspace(path, options, ingestor, reader)
        } catch {
            throw WorkspaceError(error, place: path)
        }
    }

    /// What opening the log found and did; nil if the workspace is read-only.
    public var recovery: RecoveryReport? { ingestor?.log.recovery }

    // MARK: Ingest

    /// Begins an ingest: see `Intake`.
    public func intake(
        _ options: IngestOptions = IngestOptions(), policy: IngestPolicy? = IngestPolicy()
    ) throws(WorkspaceError) -> Intake {
        let ingestor = try writer()
        do throws(IngestError) { return try ingestor.intake(options, policy: policy) } catch { throw WorkspaceError(error) }
    }

    /// Appends events. They are durable when it returns, unless `durability` is `interval`.
    @discardableResult
    public func append(
        _ batch: EventBatch, durability: Durability = .sync
    ) async throws(WorkspaceError) -> Receipt {
        let ingestor = try writer()
        do throws(LogError) {
            return try await ingestor.log.append(batch, durability: durability)
        } catch {
            throw WorkspaceError(error, place: path)
        }
    }

    /// Appends single events: like the other `append`.
    @discardableResult
    public func append(_ events: [Event], durability: Durability = .sync) async throws(WorkspaceError) -> Receipt {
        var builder = BatchBuilder()
        for event in events { builder.append(event) }
        return try await append(builder.finish(), durability: durability)
    }

    func writer() throws(WorkspaceError) -> Ingestor {
        guard let ingestor else {
            throw WorkspaceError(.readOnly, "the workspace is read-only", place: path)
        }
        return ingestor
    }

    // MARK: Read

    /// A snapshot of the log as it is now.
    public func snapshot() async throws(WorkspaceError) -> LogSnapshot {
        try await run { [reader] in try reader.snapshot() }
    }

    /// All projectors of this directory, by name.
    public func projectors() async throws(WorkspaceError) -> [ProjectorStatus] {
        try await run { [path] in try ProjectorStatus.all(at: path) }
    }

    /// The durable end of the log: every event below it is on disk.
    public func durable() async throws(WorkspaceError) -> Offset {
        try await run { [reader] in try reader.durable() }
    }

    /// Runs `body`, which may block for a short while, on a thread of the workspace.
    ///
    /// - Throws: `.busy` if too many jobs wait, `.cancelled` if the task is cancelled before its turn, and the errors of `body`.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws(WorkspaceError) -> Value {
        do {
            return try await work.run(body)
        } catch {
            throw WorkspaceError(error, place: path)
        }
    }

    // MARK: Close

    /// Stops the feed, makes everything durable and closes the directory.
    public func close() async throws(WorkspaceError) {
        feed.stop()
        answering.stop()
        work.stop()
        guard let ingestor else { return }
        do throws(IngestError) { try await ingestor.close() } catch { throw WorkspaceError(error) }
    }

    /// The readiness of each component: the writer, the feed, and the running services.
    public var readiness: [String: Readiness] {
        var all = stages.withLock { $0 }
        all["log"] = .ready
        all["feed"] = feed.isStopped ? .stopping : .ready
        return all
    }

    func set(_ readiness: Readiness, of part: String) {
        stages.withLock { $0[part] = readiness }
    }
}
