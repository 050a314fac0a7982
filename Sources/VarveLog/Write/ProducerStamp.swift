// Producers that number their appends. A producer that does not know whether an append succeeded sends it again under the same
// number and gets the result of the first time. A producer that was replaced by a later epoch is refused.
//
// Frames store the numbers (docs/format/frame.md, "appends"), and the producer table is derived from them. Opening reads it
// from `ids/producers`, which is written whenever a segment is sealed, and from the frames after that point. If that file is
// missing, every segment is read once; producers whose frames have expired are then forgotten.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// Identifies an append of a producer.
public struct ProducerStamp: Hashable, Sendable {
    /// Not 0. A producer that has a name uses a hash of it.
    public var producer: UInt64
    /// Incremented each time the producer restarts and must not be confused with its former instance.
    public var epoch: UInt32
    /// Increases with each append; gaps are allowed.
    public var sequence: UInt64

    public init(producer: UInt64, epoch: UInt32, sequence: UInt64) {
        self.producer = producer
        self.epoch = epoch
        self.sequence = sequence
    }
}

extension AppendEntry {
    /// An entry for an append of `rows` rows, with or without a stamp.
    init(_ stamp: ProducerStamp?, rows: Int) {
        self.init(
            producer: stamp?.producer ?? 0, epoch: stamp?.epoch ?? 0, sequence: stamp?.sequence ?? 0,
            rows: UInt32(truncatingIfNeeded: rows))
    }
}

/// For every producer, its epoch and the offsets of its latest appends.
struct ProducerTable: Hashable, Sendable {
    /// How many appends of a producer are remembered: the most that it may have in flight.
    static let remembered = 64
    /// The most producers remembered; beyond that the longest idle one is forgotten.
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
        /// Lower than its latest sequence number, and no longer remembered.
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

    /// The latest append of a producer, with its offsets.
    func latest(of producer: UInt64) -> (stamp: ProducerStamp, offsets: Range<UInt64>)? {
        guard let known = producers[producer], let append = known.appends.last else { return nil }
        return (ProducerStamp(producer: producer, epoch: known.epoch, sequence: append.sequence), append.offsets)
    }

    /// Records an append. The parts of an append that compaction has split come one after the other.
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

    /// Records the appends of a frame whose rows begin at `first`.
    mutating func add(_ entries: [AppendEntry], from first: Offset) {
        var offset = first.value
        for entry in entries {
            let (end, overflow) = offset.addingReportingOverflow(UInt64(entry.rows))
            if overflow { return }
            add(entry, offset..<end)
            offset = end
        }
    }

    /// Removes the appends of groups that could not be written.
    mutating func forget(from offset: Offset) {
        for (id, var producer) in producers where producer.appends.last.map({ $0.offsets.upperBound > offset.value }) ?? false {
            producer.appends.removeAll { $0.offsets.lowerBound >= offset.value }
            producers[id] = producer
        }
    }
}

/// `ids/producers`: the table as of an offset; derived.
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

    /// The table and the offset up to which it is complete; nil when there is no usable file.
    static func read(_ disk: any Disk, _ path: String, _ store: StoreID) throws -> (table: ProducerTable, end: Offset)? {
        guard try disk.kind(path) == .file else { return nil }
        let bytes = try disk.openFile(path).readAll(limit: bytesMax)
        return try? bytes.withUnsafeBytes { try parse($0, store) }
    }

    private static func parse(_ raw: UnsafeRawBufferPointer, _ store: StoreID) throws -> (table: ProducerTable, end: Offset) {
        try BytesIn.checkSeal(raw, "the table of producers")
        var reader = BytesIn(raw, "table of producers")
        guard try reader.take() == magic, try reader.take() == version else {
            throw FormatError(.newerVersion, "the version of the producer table is not supported")
        }
        let count: UInt32 = try reader.take()
        guard try reader.takeStore() == store else { throw FormatError(.malformed, "the producer table belongs to another log") }
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
