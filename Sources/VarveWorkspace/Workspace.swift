internal import Synchronization
internal import VarveCatalog
public import VarveEvents
public import VarveIngest
public import VarveLog
public import VarveViews

/// One data directory, opened once: the way in, snapshots of its log, its change feed, answers of its views, its
/// projectors.
///
///     let workspace = try await Workspace.open(at: "data")
///     try await workspace.append(batch)
///     for try await step in workspace.feed.subscribe(from: Offset(0)) { … }
///
/// May be used by any number of tasks at once. No call blocks the cooperative pool.
public final class Workspace: Sendable {
    /// What a workspace may choose.
    public struct Options: Sendable {
        /// The log's own. A new log gets the catalog's retention rules where these have none.
        public var log = LogOptions()
        public var feed = FeedOptions()
        /// Whether to take the writer's lock; without it the directory can be read while another process writes.
        public var writes = true
        /// Questions that are answered at the same time; further ones wait.
        public var answersAtOnce = 2
        /// Threads that fold the log for one question.
        public var threadsPerAnswer = 2
        /// Questions that may wait; one more is refused with `.busy`.
        public var waitingMax = 256
        /// Folders of view files beside those saved in the directory.
        public var viewFolders: [String] = []

        public init() {}
    }

    /// The directory.
    public let path: String
    /// Its change feed.
    public let feed: ChangeFeed
    /// The log, to be read by whoever may block.
    public let reader: LogReader
    let ingestor: Ingestor?
    let views: ViewAnswers
    let query: LogQuery
    let viewFolders: [String]
    let answering: WorkQueue
    let metrics = WorkspaceMetrics()
    /// What is short: it does not wait behind answers.
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
        answering = WorkQueue(threads: options.answersAtOnce, waitingMax: options.waitingMax)
        work = WorkQueue(threads: 2, waitingMax: options.waitingMax)
    }

    /// Opens the directory, which is created when absent and `options.writes` is set, and recovers its log.
    ///
    /// - Throws: `.log` with the code `lockHeld` when another process writes it.
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

    /// What opening the log found and did; nil when it is only read.
    public var recovery: RecoveryReport? { ingestor?.log.recovery }

    // MARK: In

    /// Begins to take in records: see `Intake`.
    public func intake(
        _ options: IngestOptions = IngestOptions(), policy: IngestPolicy? = IngestPolicy()
    ) throws(WorkspaceError) -> Intake {
        let ingestor = try writer()
        do throws(IngestError) { return try ingestor.intake(options, policy: policy) } catch { throw WorkspaceError(error) }
    }

    /// Appends events. Durable when it returns, unless `durability` is `interval`.
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

    /// Appends single events: as the other `append`.
    @discardableResult
    public func append(_ events: [Event], durability: Durability = .sync) async throws(WorkspaceError) -> Receipt {
        var builder = BatchBuilder()
        for event in events { builder.append(event) }
        return try await append(builder.finish(), durability: durability)
    }

    func writer() throws(WorkspaceError) -> Ingestor {
        guard let ingestor else {
            throw WorkspaceError(.readOnly, "the workspace was opened to be read only", place: path)
        }
        return ingestor
    }

    // MARK: Out

    /// The log as it is now.
    public func snapshot() async throws(WorkspaceError) -> LogSnapshot {
        try await run { [reader] in try reader.snapshot() }
    }

    /// All projectors that keep views here, by name.
    public func projectors() async throws(WorkspaceError) -> [ProjectorStatus] {
        try await run { [path] in try ProjectorStatus.all(at: path) }
    }

    /// Where the log ends: every event below is on disk.
    public func durable() async throws(WorkspaceError) -> Offset {
        try await run { [reader] in try reader.durable() }
    }

    /// Runs `body`, which may block for a short while, on a thread of the workspace.
    ///
    /// - Throws: `.busy` when too many wait, `.cancelled` when the task is cancelled before its turn, and what `body` throws.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws(WorkspaceError) -> Value {
        do {
            return try await work.run(body)
        } catch {
            throw WorkspaceError(error, place: path)
        }
    }

    // MARK: End

    /// Stops the feed, makes everything durable and lets go of the directory.
    public func close() async throws(WorkspaceError) {
        feed.stop()
        answering.stop()
        work.stop()
        guard let ingestor else { return }
        do throws(IngestError) { try await ingestor.close() } catch { throw WorkspaceError(error) }
    }

    /// How each part is: the writer, the feed, and the services that run.
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
