import VarveDisk
import VarveEvents
import VarveWire

/// What the input thread hands to the task that appends.
enum IngestStep: Sendable {
    /// Records that were decoded; those refused are already safe in the dead-letter file.
    case block(DecodedBlock, flags: FlagTally, file: String, linesBefore: Int)
    /// A file has been read to its end.
    case fileDone(String, InputSummary, deadLetters: String?)
    /// A file could not be read, or not to its end. The others are still read.
    case fileFailed(InputError)
    /// Nothing can be done any more.
    case failed(CommandFailure)
}

/// Reads the inputs one after the other and decodes them, on a thread of its own, ahead of the appending.
struct InputThread: Sendable {
    let files: [String]
    let options: DecodeOptions
    let care: EventCare?
    let data: String
    /// A group of records is handed over at the latest so long after its first one came.
    let groupMilliseconds: Int64
    let steps: Handover<IngestStep>

    func start() {
        startBlockingThread { [self] in
            readAll()
            steps.finish()
        }
    }

    private func readAll() {
        var letters = DeadLetters(data: data)
        var linesBefore = 0
        for file in files where !StopSignal.isRequested {
            do {
                guard try read(file, &letters, &linesBefore) else { return }
            } catch let error as InputError {
                guard steps.put(.fileFailed(error)) else { return }
            } catch {
                _ = steps.put(.failed(CommandFailure(error) ?? CommandFailure(.internal, "\(error)")))
                return
            }
        }
    }

    /// Reads one input. False when nothing more is wanted.
    private func read(_ file: String, _ letters: inout DeadLetters, _ linesBefore: inout Int) throws -> Bool {
        let source = try InputSource.open(file)
        var options = options
        options.path = file
        var decoder = InputDecoder(options)
        var group = Group(milliseconds: groupMilliseconds)
        var failure: InputError?
        reading: while !StopSignal.isRequested {
            decoder.set(now: Timestamp(nanoseconds: wallClockNanoseconds()))
            do throws(InputError) {
                let wait = group.isOpen ? group.millisecondsLeft : 200
                if try decoder.fill(from: source, timeoutMilliseconds: wait) == .end {
                    decoder.finish()
                    break reading
                }
            } catch {
                failure = error
                break reading
            }
            group.note(received: decoder.received)
            let isDue = group.isOpen && group.millisecondsLeft == 0
            guard try handOver(&decoder, &group, flush: isDue, file, &letters, linesBefore) else { return false }
        }
        guard try handOver(&decoder, &group, flush: true, file, &letters, linesBefore) else { return false }
        linesBefore += decoder.linesDecoded
        if let failure, !steps.put(.fileFailed(failure)) { return false }
        return steps.put(.fileDone(file, decoder.summary, deadLetters: letters.path))
    }

    private func handOver(
        _ decoder: inout InputDecoder, _ group: inout Group, flush: Bool, _ file: String, _ letters: inout DeadLetters,
        _ linesBefore: Int
    ) throws -> Bool {
        while let block = decoder.nextBlock(flush: flush) {
            let received = block.received
            let (block, flags) = care?.apply(block) ?? (block, FlagTally())
            try letters.add(block.rejections, file: file)
            guard steps.put(.block(block, flags: flags, file: file, linesBefore: linesBefore)) else { return false }
            group.handedOver(received, of: decoder.received)
        }
        return true
    }
}

/// Records that have come but have not been handed over, and since when.
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
