internal import VarveDisk
public import VarveLog
public import VarveWire

/// Ingests files or standard input. One thread reads and decodes, ahead of the task that appends.
public struct FileIngest: Sendable {
    /// The paths; `-` is standard input.
    public var files: [String]
    public var decoding: DecodeOptions
    /// Nil accepts every event unchanged.
    public var policy: IngestPolicy?
    public var durability: Durability
    /// The producer, if the files number their appends.
    public var producer: FileProducer?
    /// Records are appended at most this many milliseconds after the first of a group arrived.
    public var groupMilliseconds: Int64
    /// Polled between two steps; true stops the ingest and skips the rest of the input.
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

    /// Progress of a running ingest.
    public enum Notice: Sendable {
        /// A group of records has reached the requested durability.
        case taken(IngestProgress)
        /// A record was refused for a new cause.
        case refused(Rejection, file: String)
        /// The log has more of this file's content than the file; the part that cannot be compared was assumed to be known.
        case isShorter(String)
        /// A file has been read to its end, or to the point where it failed.
        case fileDone(String, InputSummary)
        /// A file could not be read, or not to its end. The other files are still read.
        case fileFailed(InputError)
    }

    /// Ingests all files. Cancelling the task stops it; appended events stay in the log.
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

/// Appends the steps received from the input thread.
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
