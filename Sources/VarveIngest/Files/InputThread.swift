internal import VarveDisk
internal import VarveEvents
internal import VarveWire

/// A message from the input thread to the appending task.
enum IngestStep: Sendable {
    /// A file begins; with its identity if its lines are numbered.
    case begin(FileIdentity?, file: String)
    /// Decoded and checked records; the refused ones are already in the dead-letter file. `check` covers the file's lines up to
    /// the last record.
    case block(DecodedBlock, flags: FlagTally, file: String, linesBefore: Int, check: UInt64)
    /// A file has been read to its end, or to the point where it failed.
    case fileDone(String, InputSummary)
    /// A file could not be read, or not to its end. The others are still read.
    case fileFailed(InputError)
    /// The ingest cannot continue.
    case failed(IngestError)
}

/// Reads and decodes the inputs one after the other, on a thread of its own, ahead of the appends.
struct InputThread: Sendable {
    let ingest: FileIngest
    let ingestor: Ingestor
    let steps: Handover<IngestStep>

    func start() {
        startBlockingThread { [self] in
            readAll()
            steps.finish()
        }
    }

    private func readAll() {
        var linesBefore = 0
        for file in ingest.files where !ingest.isStopped() {
            do {
                guard try read(file, &linesBefore) else { return }
            } catch let error as InputError {
                guard steps.put(.fileFailed(error)) else { return }
            } catch {
                _ = steps.put(.failed(IngestError(any: error)))
                return
            }
        }
    }

    /// Reads one input. False when nothing more is wanted.
    private func read(_ file: String, _ linesBefore: inout Int) throws -> Bool {
        var identity: FileIdentity?
        if let producer = ingest.producer {
            // The lookup must include what earlier files have appended.
            guard steps.waitUntilTaken() else { return false }
            identity = try FileIdentity.find(
                file, producer, cutsJSON: ingest.decoding.cutsJSON, latest: ingestor.latest)
        }
        let source = try InputSource.open(file, cutsJSON: ingest.decoding.cutsJSON)
        guard steps.put(.begin(identity, file: file)) else { return false }
        var options = ingest.decoding
        options.path = file
        var input = CountedInput(InputDecoder(options), source, countsLines: identity != nil)
        var group = Group(milliseconds: ingest.groupMilliseconds)
        var failure: InputError?
        reading: while !ingest.isStopped() {
            input.decoder.set(now: Timestamp(nanoseconds: wallClockNanoseconds()))
            do throws(InputError) {
                let wait = group.isOpen ? group.millisecondsLeft : 200
                if try input.fill(timeoutMilliseconds: wait) == .end {
                    input.finish()
                    break reading
                }
            } catch {
                failure = error
                break reading
            }
            group.note(received: input.decoder.received)
            let isDue = group.isOpen && group.millisecondsLeft == 0
            guard try handOver(&input, &group, flush: isDue, file, linesBefore) else { return false }
        }
        guard try handOver(&input, &group, flush: true, file, linesBefore) else { return false }
        linesBefore += input.decoder.linesDecoded
        if let failure, !steps.put(.fileFailed(failure)) { return false }
        var summary = input.decoder.summary
        summary.isCut = input.isCut
        summary.isOpenArray = summary.isOpenArray || source.isOpenArray
        return steps.put(.fileDone(file, summary))
    }

    private func handOver(
        _ input: inout CountedInput, _ group: inout Group, flush: Bool, _ file: String, _ linesBefore: Int
    ) throws -> Bool {
        while let block = input.decoder.nextBlock(flush: flush) {
            let received = block.received
            let check = input.takeCheck(upTo: block.lines.last.map(Int.init))
            let (block, flags) = ingest.policy?.apply(block) ?? (block, FlagTally())
            let numbered = input.isCut ? block.numberedByRecord : block
            try ingestor.deadLetters.add(numbered.rejections, from: file)
            let step = IngestStep.block(numbered, flags: flags, file: file, linesBefore: linesBefore, check: check)
            guard steps.put(step) else { return false }
            group.handedOver(received, of: input.decoder.received)
        }
        return true
    }
}

/// A decoder and its source. If lines are counted, the source's bytes pass through here first.
private struct CountedInput: ~Copyable {
    var decoder: InputDecoder
    private let source: InputSource
    private let buffer: UnsafeMutableRawBufferPointer?
    private var checks = LineChecks()

    init(_ decoder: consuming InputDecoder, _ source: InputSource, countsLines: Bool) {
        self.decoder = decoder
        self.source = source
        buffer = countsLines ? .allocate(byteCount: 256 << 10, alignment: 16) : nil
    }

    deinit { buffer?.deallocate() }

    mutating func fill(timeoutMilliseconds: Int32) throws(InputError) -> InputSource.Fill {
        guard let buffer else { return try decoder.fill(from: source, timeoutMilliseconds: timeoutMilliseconds) }
        let fill = try source.read(into: buffer, timeoutMilliseconds: timeoutMilliseconds)
        if case .bytes(let count) = fill {
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            checks.add(bytes)
            decoder.feed(bytes)
        }
        return fill
    }

    /// Whether JSON was cut into lines.
    var isCut: Bool { source.isCut || decoder.isCut }

    mutating func finish() {
        if buffer != nil { _ = checks.finish() }
        decoder.finish()
    }

    /// The check at the end of a line: see `LineChecks.take`.
    mutating func takeCheck(upTo line: Int?) -> UInt64 { checks.take(upTo: line) }
}

/// Records that have not been handed over yet, and the time of the first.
private struct Group {
    let milliseconds: Int64
    private let clock = ContinuousClock()
    private var handedOver = 0
    private var openedAt: ContinuousClock.Instant?

    init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    var isOpen: Bool { openedAt != nil }

    var millisecondsLeft: Int32 {
        guard let openedAt else { return 0 }
        let passed = (clock.now - openedAt) / Duration.milliseconds(1)
        return Int32(max(0, (Double(milliseconds) - passed).rounded(.up)))
    }

    mutating func note(received: Int) {
        if received > handedOver, openedAt == nil { openedAt = clock.now }
    }

    mutating func handedOver(_ count: Int, of received: Int) {
        handedOver += count
        openedAt = received > handedOver ? clock.now : nil
    }
}
