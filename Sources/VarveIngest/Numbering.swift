internal import VarveLog

/// Numbers the appends of one input by its lines, and tells which of its events the log has already.
struct Numbering: Sendable {
    let producer: UInt64
    /// Where each line has a number of its own: those of the lines from the first on.
    private let lineProducers: [UInt64]
    private let known: KnownAppends?
    private var line = 0
    private var index = 0

    /// `known` is what the log has of the input.
    init(producer: UInt64, known: KnownAppends?) {
        self.producer = producer
        self.known = known
        lineProducers = []
    }

    /// A file, whose first lines may have numbers of their own.
    init(_ identity: FileIdentity) {
        producer = identity.producer
        lineProducers = identity.lineProducers
        known = identity.known
    }

    /// Events of a block that are in the log, which are its first ones, and the number of an append of the others.
    struct Share {
        var known = 0
        var number = AppendNumber(sequence: 0)
        /// What is known is below this offset.
        var knownEnd: UInt64 = 0
    }

    /// Takes the events of a block, whose records begin at these lines of the input. `check` is that of the content up to the end
    /// of the block.
    mutating func take(_ lines: [UInt32], check: UInt64) throws(IngestError) -> Share {
        var share = Share(knownEnd: known?.end ?? 0)
        for row in lines {
            let next = Int(row)
            index = next == line ? index + 1 : 0
            line = next
            guard row < .max, let number = AppendNumber(line: line, index: index, check: check) else {
                throw IngestError(.tooManyLines, "an input that numbers its appends has \(AppendNumber.lineMax) lines at most")
            }
            share.number = number
            if let known, number.place <= known.number.place { share.known += 1 }
        }
        return share
    }

    /// Whether all that the log has was seen in this input.
    var hasPassedKnown: Bool {
        guard let known, let number = AppendNumber(line: line, index: index) else { return true }
        return number.place >= known.number.place
    }

    /// Whether the events of each line are to be an append of their own.
    var isByLine: Bool { !lineProducers.isEmpty }

    func stamp(_ number: AppendNumber) -> ProducerStamp {
        let line = number.line
        let producer = lineProducers.indices.contains(line - 1) ? lineProducers[line - 1] : producer
        return ProducerStamp(producer: producer, epoch: 1, sequence: number.sequence)
    }
}
