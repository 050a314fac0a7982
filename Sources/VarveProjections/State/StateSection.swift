// A view's state at one level, as bytes that are read by bucket: an index, and per bucket its cells as in the canonical bytes
// (docs/format/segment-states.md). A query for three days of thirty reads a tenth of it.
//
//     index   per bucket, ascending   number i64 │ cells u32 │ 0 u32 │ length u64 │ XXH3-64 of number, cells and the bytes u64
//     cells   the buckets' cells, back to back
//
// Cached segment states are read often and were written by this program, so they are not validated like canonical bytes: each
// bucket must match its hash; beyond that, any bytes give a state or an error, never a trap.

internal import VarveHash

/// The cells of a state at one level, by bucket.
public struct StateSection: Sendable {
    /// The position of one bucket's cells.
    public struct Bucket: Hashable, Sendable {
        public var number: Int64
        public var cells: UInt32
        /// From the beginning of all cells.
        public var position: Int
        public var length: Int
        /// Over the bucket's number, its number of cells, and their bytes.
        public var hash: UInt64
    }

    /// Ascending by number.
    public let buckets: [Bucket]
    /// The cells of `buckets`, of which the first begins at `start`.
    let bytes: [UInt8]
    let start: Int

    /// The size of one bucket's index entry, in bytes.
    public static let entrySize = 32

    init(buckets: [Bucket], bytes: [UInt8]) {
        self.buckets = buckets
        self.bytes = bytes
        start = 0
    }

    /// Adjacent buckets of a section and the bytes of their cells; nil if a bucket does not match its hash.
    public init?(_ buckets: ArraySlice<Bucket>, bytes: [UInt8]) {
        start = buckets.first?.position ?? 0
        self.buckets = Array(buckets)
        self.bytes = bytes
        var end = start
        for bucket in buckets {
            guard bucket.position == end, bucket.length >= 0, bucket.length <= bytes.count - (end - start) else { return nil }
            let own = bytes.withUnsafeBytes { raw in
                Self.hash(bucket, UnsafeRawBufferPointer(rebasing: raw[(end - start)..<(end - start + bucket.length)]))
            }
            guard own == bucket.hash else { return nil }
            end += bucket.length
        }
        guard end - start == bytes.count else { return nil }
    }

    /// Joins sections of the same view with consecutive buckets.
    public init(joining sections: [StateSection]) {
        if sections.count == 1 {
            self = sections[0]
            return
        }
        var (buckets, bytes): ([Bucket], [UInt8]) = ([], [])
        buckets.reserveCapacity(sections.reduce(0) { $0 + $1.buckets.count })
        bytes.reserveCapacity(sections.reduce(0) { $0 + $1.bytes.count })
        for section in sections {
            for var bucket in section.buckets {
                precondition(buckets.last.map { $0.number < bucket.number } ?? true, "sections that are not consecutive")
                bucket.position += bytes.count - section.start
                buckets.append(bucket)
            }
            bytes += section.bytes
        }
        self.init(buckets: buckets, bytes: bytes)
    }

    /// The encoded index of a section.
    public var index: [UInt8] {
        var out = StateWriter()
        for bucket in buckets {
            out.fixed(bucket.number)
            out.fixed(bucket.cells)
            out.fixed(UInt32(0))
            out.fixed(UInt64(bucket.length))
            out.fixed(bucket.hash)
        }
        return out.bytes
    }

    /// The cells of all buckets, back to back.
    public var cells: [UInt8] { bytes }

    /// Decodes an index; nil if the bytes are invalid, or describe more than `limit` bytes.
    public static func buckets(index: [UInt8], limit: Int) -> [Bucket]? {
        guard index.count.isMultiple(of: entrySize) else { return nil }
        var reader = StateReader(index)
        var buckets: [Bucket] = []
        buckets.reserveCapacity(index.count / entrySize)
        var position = 0
        while !reader.isAtEnd {
            guard let number = try? reader.fixed(Int64.self), let cells = try? reader.fixed(UInt32.self),
                (try? reader.fixed(UInt32.self)) == 0, let size = try? reader.fixed(UInt64.self),
                let hash = try? reader.fixed(UInt64.self), let length = Int(exactly: size), length <= limit - position,
                buckets.last.map({ $0.number < number }) ?? true
            else { return nil }
            buckets.append(Bucket(number: number, cells: cells, position: position, length: length, hash: hash))
            position += length
        }
        return buckets
    }

    static func hash(_ bucket: Bucket, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
        let seed = UInt64(bitPattern: bucket.number) ^ UInt64(bucket.cells) << 40
        return XXH3.hash64(bytes, seed: seed)
    }

    /// The positions in `buckets` of those in `wanted`.
    public static func places(of wanted: ClosedRange<Int64>, in buckets: [Bucket]) -> Range<Int> {
        func first(_ isPast: (Int64) -> Bool) -> Int {
            var (low, high) = (0, buckets.count)
            while low < high {
                let middle = (low + high) / 2
                if isPast(buckets[middle].number) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        let begin = first { $0 >= wanted.lowerBound }
        return begin..<Swift.max(begin, first { $0 > wanted.upperBound })
    }
}

extension ViewState {
    /// The state as a section at `level`, which is its own or a coarser one.
    public func section(at level: BucketLevel) -> StateSection {
        coarsened(to: level).exactlyFolded().section(share: 0, of: 1)
    }

    /// One share of the buckets of an exactly folded state as a section. Shares of the same state may be written on different
    /// threads at the same time, and joined.
    public func section(share: Int, of shares: Int) -> StateSection {
        let all = store.sortedBuckets
        let size = (all.count + shares - 1) / shares
        let own = all.dropFirst(share * size).prefix(size)
        for bucket in own { bucket.cells.settle() }
        var buckets: [StateSection.Bucket] = []
        var out = StateWriter()
        forEachBucket(of: own) { number, cells, write in
            var bucket = StateSection.Bucket(number: number, cells: UInt32(cells), position: out.bytes.count, length: 0, hash: 0)
            write(&out)
            bucket.length = out.bytes.count - bucket.position
            bucket.hash = out.bytes.withUnsafeBytes {
                StateSection.hash(bucket, UnsafeRawBufferPointer(rebasing: $0[bucket.position...]))
            }
            buckets.append(bucket)
        }
        return StateSection(buckets: buckets, bytes: out.bytes)
    }

    /// Brings every cell into its final form; after that reading changes nothing.
    public func settle() { store.settle() }

    /// The state with only the buckets in `wanted`.
    public func keeping(_ wanted: ClosedRange<Int64>) -> ViewState {
        let kept = CellStore(definition, level)
        kept.interners = store.interners
        kept.buckets = store.buckets.filter { wanted.contains($0.key) }
        return ViewState(store: kept)
    }

    /// Replaces the buckets `numbers` by those of `fresh`, which may lack some of them.
    public mutating func replace(_ numbers: some Sequence<Int64>, by fresh: ViewState) {
        precondition(fresh.level == level && fresh.definition == definition, "states of different views are joined")
        makeUnique()
        for number in numbers { store.buckets[number] = nil }
        store.merge(fresh.store)
        (store.changedBuckets, store.removed) = ([], [:])
    }
}
