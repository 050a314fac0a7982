internal import VarveHash

/// The stored state of one idempotency key: 128 bytes, written in one call. Zeros mean no entry.
///
///     id 16 · begun: sequence 8, digest 8 · known: sequence 8, digest 8, end 8 · epoch 4 · second 4
///     finished: digest 8, lines 4, events 4, rejected 4, flags 4, first 8, last + 1 8 · zeros 16 · XXH3-64 of it 8
struct KeyEntry: Hashable, Sendable {
    /// An append: its number, and the digest of the content up to its end (of all of a short body).
    struct Place: Hashable, Sendable {
        var sequence: UInt64 = 0
        var digest: UInt64 = 0
    }

    /// The outcome of a completed request.
    struct Finished: Hashable, Sendable {
        /// The whole content.
        var body: FinishedBody
        /// The numbers of records in the log, and of refused records.
        var events: Int
        var rejected: Int
        /// The offsets of the events appended for it; nil if all were duplicates.
        var first: UInt64?
        var last: UInt64?
    }

    static let bytes = 128
    private static let isFinished: UInt32 = 1

    var id: KeyID
    var epoch: UInt32 = 1
    /// The time of the last write, in seconds since 1970.
    var second: UInt32 = 0
    /// The latest append submitted to the log; it may or may not have succeeded.
    var begun = Place()
    /// The latest append in the log.
    var known = Place()
    /// All known events are below this offset.
    var end: UInt64 = 0
    var finished: Finished?

    init(_ id: KeyID) { self.id = id }

    /// The digest of the content up to this append; nil if none is stored.
    func digest(of sequence: UInt64) -> UInt64? {
        if known.sequence == sequence { return known.digest }
        return begun.sequence == sequence ? begun.digest : nil
    }

    var encoded: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(Self.bytes)
        func put(_ value: UInt64) { for byte in 0..<8 { out.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte)))) } }
        func put(_ low: UInt32, _ high: UInt32) { put(UInt64(low) | UInt64(high) << 32) }
        put(id.producer)
        put(id.rest)
        for place in [begun, known] {
            put(place.sequence)
            put(place.digest)
        }
        put(end)
        put(epoch, second)
        put(finished?.body.hash ?? 0)
        put(UInt32(clamping: finished?.body.lines ?? 0), UInt32(clamping: finished?.events ?? 0))
        put(UInt32(clamping: finished?.rejected ?? 0), finished == nil ? 0 : Self.isFinished)
        put(finished?.first ?? 0)
        put(finished?.last.map { $0 + 1 } ?? 0)
        put(0)
        put(0)
        put(out.withUnsafeBytes { XXH3.hash64($0) })
        return out
    }

    /// Nil if the bytes are not a valid entry.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.bytes else { return nil }
        func number(_ index: Int) -> UInt64 {
            let start = bytes.startIndex + index * 8
            return bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        func halves(_ index: Int) -> (low: UInt32, high: UInt32) {
            (UInt32(truncatingIfNeeded: number(index)), UInt32(truncatingIfNeeded: number(index) >> 32))
        }
        let check = bytes.dropLast(8).withUnsafeBytes { XXH3.hash64($0) }
        guard number(15) == check, number(0) != 0 else { return nil }
        id = KeyID(producer: number(0), rest: number(1))
        begun = Place(sequence: number(2), digest: number(3))
        known = Place(sequence: number(4), digest: number(5))
        end = number(6)
        (epoch, second) = halves(7)
        let (lines, events) = halves(9)
        let (rejected, flags) = halves(10)
        guard flags & Self.isFinished != 0 else { return }
        let after = number(12)
        finished = Finished(
            body: FinishedBody(hash: number(8), lines: Int(lines)), events: Int(events), rejected: Int(rejected),
            first: after == 0 ? nil : number(11), last: after == 0 ? nil : after - 1)
    }
}
