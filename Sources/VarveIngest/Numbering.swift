internal import VarveLog

/// Numbers the appends of one input by line, and determines which of its events are already in the log.
struct Numbering: Sendable {
    let producer: UInt64
    /// If each line has its own producer number: the numbers of the lines from the first on.
    private let lineProducers: [UInt64]
    private let known: KnownAppends?
    private var line = 0
    private var index = 0

    /// `known` is the latest append of the input in the log.
    init(producer: UInt64, known: KnownAppends?) {
        self.producer = producer
        self.known = known
        lineProducers = []
    }

    /// A file, whose first lines may have their own numbers.
    init(_ identity: FileIdentity) {
        producer = identity.producer
        lineProducers = identity.lineProducers
        known = identity.known
    }

    /// How a block divides into leading events that are in the log and the rest, and the number of the append of the rest.
    struct Share {
        var known = 0
        var number = AppendNumber(sequence: 0)
        /// The known events are below this offset.
        var knownEnd: UInt64 = 0
    }

    /// Processes the events of a block, whose records begin at these lines of the input. `check` covers the content up to the
    /// end of the block.
    mutating func take(_ lines: [UInt32], check: UInt64) throws(IngestError) -> Share {
        var share = Share(knownEnd: known?.end ?? 0)
        for row in lines {
            let next = Int(row)
            index = next == line ? index + 1 : 0
            line = next
            guard row < .max, let number = AppendNumber(line: line, index: index, check: check) else {
                throw IngestError(.tooManyLines, "an input with numbered appends may have at most \(AppendNumber.lineMax) lines")
            }
            share.number = number
            if let known, number.place <= known.number.place { share.known += 1 }
        }
        return share
    }

    /// Whether everything that the log has of this input was seen.
    var hasPassedKnown: Bool {
        guard let known, let number = AppendNumber(line: line, index: index) else { return true }
        return number.place >= known.number.place
    }

    /// Whether the events of each line are appended separately.
    var isByLine: Bool { !lineProducers.isEmpty }

    func stamp(_ number: AppendNumber) -> ProducerStamp {
        let line = number.line
        let producer = lineProducers.indices.contains(line - 1) ? lineProducers[line - 1] : producer
        return ProducerStamp(producer: producer, epoch: 1, sequence: number.sequence)
    }
}
