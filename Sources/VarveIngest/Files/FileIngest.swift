internal import VarveDisk
public import VarveLog
public import VarveWire

/// Takes in files, or standard input, from their first record to their last: one thread reads and decodes, ahead of the task
/// that appends.
public struct FileIngest: Sendable {
    /// The paths; `-` is standard input.
    public var files: [String]
    public var decoding: DecodeOptions
    /// Nil takes every event as it is.
    public var policy: IngestPolicy?
    public var durability: Durability
    /// Whose files these are, when they number their appends.
    public var producer: FileProducer?
    /// Records are appended at the latest so many milliseconds after the first of them came.
    public var groupMilliseconds: Int64
    /// Asked between two steps: whether the rest of the input is to be left.
    public var isStopped: @Sendable () -> Bool

    public init(
        _ files: [String], _ decoding: DecodeOptions, policy: IngestPolicy? = IngestPolicy(), durability: Durability = .sync,
        producer: FileProducer? = nil, groupMilliseconds: Int64 = 1_000, isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
        self.files = files
        self.decoding = decoding
        self.policy = policy
        self.durability = durability
        self.producer = producer
        self.groupMilliseconds = groupMilliseconds
        self.isStopped = isStopped
    }

    /// What happens on the way.
    public enum Notice: Sendable {
        /// A group of records is as durable as was asked for.
        case taken(IngestProgress)
        /// A record was refused for a cause that was not met before.
        case refused(Rejection, file: String)
        /// The log has more of this file's content than the file holds: what cannot be compared was taken for known.
        case isShorter(String)
        /// A file has been read to its end, or to where it failed.
        case fileDone(String, InputSummary)
        /// A file could not be read, or not to its end. The others are read all the same.
        case fileFailed(InputError)
    }

    /// Takes in all files. Cancelling the task stops it; what was appended stays in the log.
    ///
    /// - Parameter onNotice: Called on the task, in order.
    public func run(
        into ingestor: Ingestor, onNotice: (Notice) throws -> Void = { _ in }
    ) async throws -> IngestReceipt {
        let steps = Handover<IngestStep>(capacity: 3)
        InputThread(ingest: self, ingestor: ingestor, steps: steps).start()
        var session = FileSession(Intake(ingestor, IngestOptions(durability: durability), nil))
        try await steps.forEach { try await session.take($0, onNotice) }
        if Task.isCancelled { throw IngestError(.cancelled, "the ingest was cancelled") }
        return try session.receipt()
    }
}

/// How far an ingest of files has come.
public struct IngestProgress: Sendable {
    /// Lines of all inputs so far that are dealt with.
    public var lines: Int
    public var received: Int
    public var rejected: Int
    /// Everything below is on disk.
    public var durable: UInt64
    /// What went wrong behind the latest answer: a segment that cannot be sealed, say. All records are as they are counted.
    public var backgroundErrors: [BackgroundError]
}

/// Appends what the input thread hands over.
private struct FileSession: ~Copyable {
    private var intake: Intake

    init(_ intake: consuming Intake) {
        self.intake = intake
    }

    func receipt() throws(IngestError) -> IngestReceipt { try intake.receipt() }

    mutating func take(_ step: IngestStep, _ onNotice: (FileIngest.Notice) throws -> Void) async throws {
        switch step {
        case .begin(let identity, let file):
            intake.begin(identity.map { Numbering($0) })
            if identity?.isShorter == true { try onNotice(.isShorter(file)) }
        case .block(let block, let flags, let file, let linesBefore, let check):
            intake.count(flags)
            for rejection in block.rejections where intake.countRefused(rejection, from: file) {
                try onNotice(.refused(rejection, file: file))
            }
            if let batch = block.batch { try await intake.take(batch, block.lines, check: check) }
            try await intake.flush()
            let counts = intake.counts
            try onNotice(
                .taken(
                    IngestProgress(
                        lines: linesBefore + block.linesCovered, received: counts.received, rejected: counts.rejected,
                        durable: counts.durable, backgroundErrors: counts.backgroundErrors)))
        case .fileDone(let file, let summary): try onNotice(.fileDone(file, summary))
        case .fileFailed(let error): try onNotice(.fileFailed(error))
        case .failed(let error): throw error
        }
    }
}
