// Producers that number their appends. A producer that does not know whether an append came in sends it again, under the same
// number, and gets the answer of the first time; one that was replaced by a later epoch of itself is refused.
//
// Frames carry the numbers (docs/format/frame.md, "appends"). What is known of producers is derived from them: at open it comes
// from `ids/producers`, written whenever a segment is sealed, and from the frames behind it. Deleted, it comes from all frames
// there are: every segment is read once. What it knew of producers whose frames have expired is then forgotten.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// Who appends, and which of its appends this is.
public struct ProducerStamp: Hashable, Sendable {
    /// Not 0. A producer that is a name uses a hash of it.
    public var producer: UInt64
    /// Higher each time the producer starts anew and must not be mixed up with what it was.
    public var epoch: UInt32
    /// Higher with each append; gaps are allowed.
    public var sequence: UInt64

    public init(producer: UInt64, epoch: UInt32, sequence: UInt64) {
        self.producer = producer
        self.epoch = epoch
        self.sequence = sequence
    }
}

extension AppendEntry {
    /// An append of so many rows, under a producer's number or under none.
    init(_ stamp: ProducerStamp?, rows: Int) {
        self.init(
            producer: stamp?.producer ?? 0, epoch: stamp?.epoch ?? 0, sequence: stamp?.sequence ?? 0,
            rows: UInt32(truncatingIfNeeded: rows))
    }
}

/// What is known of every producer: its epoch, and where its latest appends are.
struct ProducerTable: Hashable, Sendable {
    /// How many appends of a producer are remembered: as many as it may have in flight.
    static let remembered = 64
    /// Producers beyond this are forgotten, longest silent first.
    static let countMax = 65_536

    struct Append: Hashable, Sendable {
        var sequence: UInt64
        var offsets: Range<UInt64>
    }

    struct Producer: Hashable, Sendable {
        var epoch: UInt32
        /// Ascending.
        var appends: [Append] = []
    }

    enum Answer: Hashable {
        case new
        case retry(Range<UInt64>)
        case fenced(by: UInt32)
        /// Lower than its latest, and not remembered.
        case unknown(latest: UInt64)
    }

    private(set) var producers: [UInt64: Producer] = [:]

    func answer(_ stamp: ProducerStamp) -> Answer {
        guard let known = producers[stamp.producer], known.epoch >= stamp.epoch else { return .new }
        if known.epoch > stamp.epoch { return .fenced(by: known.epoch) }
        if let append = known.appends.last(where: { $0.sequence == stamp.sequence }) { return .retry(append.offsets) }
        guard let latest = known.appends.last?.sequence, latest > stamp.sequence else { return .new }
        return .unknown(latest: latest)
    }

    /// The latest append of a producer, and where its rows are.
    func latest(of producer: UInt64) -> (stamp: ProducerStamp, offsets: Range<UInt64>)? {
        guard let known = producers[producer], let append = known.appends.last else { return nil }
        return (ProducerStamp(producer: producer, epoch: known.epoch, sequence: append.sequence), append.offsets)
    }

    /// Takes an append in. Parts of one that a compaction has split come one behind the other.
    mutating func add(_ entry: AppendEntry, _ offsets: Range<UInt64>) {
        guard entry.producer != 0 else { return }
        var known = producers[entry.producer] ?? Producer(epoch: entry.epoch)
        guard entry.epoch >= known.epoch else { return }
        if entry.epoch > known.epoch { known = Producer(epoch: entry.epoch) }
        if let last = known.appends.last, last.sequence == entry.sequence, last.offsets.upperBound == offsets.lowerBound {
            known.appends[known.appends.count - 1].offsets = last.offsets.lowerBound..<offsets.upperBound
        } else if known.appends.last.map({ $0.sequence < entry.sequence }) ?? true {
            known.appends.append(Append(sequence: entry.sequence, offsets: offsets))
            if known.appends.count > Self.remembered { known.appends.removeFirst() }
        }
        producers[entry.producer] = known
        if producers.count > Self.countMax, let silent = producers.min(by: { Self.last($0.value) < Self.last($1.value) }) {
            producers[silent.key] = nil
        }
    }

    private static func last(_ producer: Producer) -> UInt64 { producer.appends.last?.offsets.upperBound ?? 0 }

    /// Takes in the appends of a frame whose rows begin at `first`.
    mutating func add(_ entries: [AppendEntry], from first: Offset) {
        var offset = first.value
        for entry in entries {
            let (end, overflow) = offset.addingReportingOverflow(UInt64(entry.rows))
            if overflow { return }
            add(entry, offset..<end)
            offset = end
        }
    }

    /// Forgets what a group that could not be written has added.
    mutating func forget(from offset: Offset) {
        for (id, var producer) in producers where producer.appends.last.map({ $0.offsets.upperBound > offset.value }) ?? false {
            producer.appends.removeAll { $0.offsets.lowerBound >= offset.value }
            producers[id] = producer
        }
    }
}

/// `ids/producers`: the table as it was at an offset; derived.
///
///     VARVEPRD · version u32 · producers u32 · store <16b> · end u64
///     per producer: id u64 · epoch u32 · appends u32 · per append: sequence, first, end <8b each>;  XXH3-64 of everything before
enum ProducerFile {
    private static let magic = magicNumber("VARVEPRD")
    private static let version: UInt32 = 1
    private static let bytesMax = 256 << 20

    static func encode(_ table: ProducerTable, _ store: StoreID, end: Offset) -> [UInt8] {
        var out = BytesOut()
        out.put(magic)
        out.put(version)
        out.put(UInt32(table.producers.count))
        out.put(store)
        out.put(end.value)
        for (id, producer) in table.producers.sorted(by: { $0.key < $1.key }) {
            out.put(id)
            out.put(producer.epoch)
            out.put(UInt32(producer.appends.count))
            for append in producer.appends {
                for value in [append.sequence, append.offsets.lowerBound, append.offsets.upperBound] { out.put(value) }
            }
        }
        out.seal()
        return out.bytes
    }

    /// The table and its offset; nil when there is none that can be used.
    static func read(_ disk: any Disk, _ path: String, _ store: StoreID) throws -> (table: ProducerTable, end: Offset)? {
        guard try disk.kind(path) == .file else { return nil }
        let bytes = try disk.openFile(path).readAll(limit: bytesMax)
        return try? bytes.withUnsafeBytes { try parse($0, store) }
    }

    private static func parse(_ raw: UnsafeRawBufferPointer, _ store: StoreID) throws -> (table: ProducerTable, end: Offset) {
        try BytesIn.checkSeal(raw, "the table of producers")
        var reader = BytesIn(raw, "table of producers")
        guard try reader.take() == magic, try reader.take() == version else {
            throw FormatError(.newerVersion, "another table of producers")
        }
        let count: UInt32 = try reader.take()
        guard try reader.takeStore() == store else { throw FormatError(.malformed, "the table of another log") }
        let end = Offset(try reader.take())
        var table = ProducerTable()
        for _ in 0..<count {
            let id: UInt64 = try reader.take()
            let epoch: UInt32 = try reader.take()
            for _ in 0..<(try reader.take(UInt32.self)) {
                let sequence: UInt64 = try reader.take()
                let offsets = try reader.takeOffsets()
                let rows = UInt32(truncatingIfNeeded: offsets.upperBound &- offsets.lowerBound)
                table.add(AppendEntry(producer: id, epoch: epoch, sequence: sequence, rows: rows), offsets)
            }
        }
        return (table, end)
    }
}
