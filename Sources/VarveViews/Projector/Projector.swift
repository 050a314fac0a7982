// A projector is a named process that keeps views in one SQLite file. It reads the log up to the watermark, folds new events,
// and commits the changed cells together with the offset it has reached. Then it waits for more events, or ends.
//
//     open      take the lock, open log and store; check that the checkpoint matches the log and which views are current
//     rebuild   fold new or changed views from the beginning and put them in place, in one transaction
//     advance   fold the events after the checkpoint, in steps
//     follow    advance whenever the watermark moves
//
// docs/format/view-store.md describes what is stored and what a crash leaves.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveLog
public import VarveProjections

/// The process that maintains the views of one projector name.
public final class Projector: Sendable {
    public let name: String
    let engine: Monitor<ProjectorEngine>
    private let stopping = ProjectorStop()

    private init(_ name: String, _ engine: sending ProjectorEngine) {
        self.name = name
        self.engine = Monitor(engine)
    }

    /// Opens projector `name` over the log in the data directory `data`, and takes its lock.
    ///
    /// - Throws: `.lockHeld`, with the holder's pid, when the projector is already running; `.log` when there is no log.
    public static func open(
        at data: String, name: String = "main", views: [ViewDefinition], options: ProjectorOptions = ProjectorOptions()
    ) throws(ViewError) -> Projector {
        try open(at: data, name: name, all: views.map { .mergeable($0) }, options: options, onStep: nil)
    }

    /// The same for views of both kinds.
    public static func open(
        at data: String, name: String = "main", all views: [AnyView], options: ProjectorOptions = ProjectorOptions()
    ) throws(ViewError) -> Projector {
        try open(at: data, name: name, all: views, options: options, onStep: nil)
    }

    static func open(
        at data: String, name: String, views: [ViewDefinition], options: ProjectorOptions,
        onStep: (@Sendable (CommitStep) throws -> Void)?
    ) throws(ViewError) -> Projector {
        try open(at: data, name: name, all: views.map { .mergeable($0) }, options: options, onStep: onStep)
    }

    static func open(
        at data: String, name: String, all views: [AnyView], options: ProjectorOptions, disk: any Disk = RealDisk(),
        onStep: (@Sendable (CommitStep) throws -> Void)?
    ) throws(ViewError) -> Projector {
        Projector(name, try ProjectorEngine(at: data, name: name, views: views, options: options, disk: disk, onStep: onStep))
    }

    /// Brings the views up to the watermark; with `follow`, keeps them there until `stop()`. Runs on a thread of its own.
    /// Closes the store at the end, so the projector cannot be used afterwards.
    ///
    /// - Parameter onProgress: called after each commit, on the projector's thread.
    public func run(
        follow: Bool = false, onProgress: @escaping @Sendable (ProjectorProgress) -> Void = { _ in }
    ) async throws(ViewError) -> ProjectorProgress {
        let result: Result<ProjectorProgress, ViewError> = await withUnsafeContinuation { continuation in
            startBlockingThread {
                let result = Result { () throws(ViewError) in try self.runHere(follow: follow, onProgress: onProgress) }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    /// Like `run`, but on the calling thread, which it blocks.
    public func runHere(
        follow: Bool = false, onProgress: @Sendable (ProjectorProgress) -> Void = { _ in }
    ) throws(ViewError) -> ProjectorProgress {
        try typed(at: name) {
            try engine.withLock { engine in
                do {
                    try engine.run(follow: follow, stop: stopping, onProgress)
                } catch {
                    try? engine.close()
                    throw error
                }
                try engine.close()
                return engine.progress
            }
        }
    }

    /// Asks `run` to end. It commits what it has folded and returns.
    public func stop() {
        stopping.request()
    }
}
