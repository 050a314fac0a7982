// A split-block Bloom filter that says whether a run may hold an id. Same layout as the filters of frames (`Membership.swift`),
// but one per run, in memory.
//
// The upper 32 bits of the hash's high half pick the block. Runs are sorted by that half, so a filter is built from its first
// block to its last, and a sorted batch is probed in the same order. A filter can also be folded: a hash that picks block 2n or
// 2n + 1 picks block n in a filter of half the size, so OR-ing neighbouring blocks gives a valid filter of half the size
// without false negatives. Filters are folded when the ids outgrow the memory granted to them.

internal import VarveHash

struct IDFilter: Sendable {
    /// False positives: about 1 in 200 at 12 bits, 1 in 20 at 6 (folded once), 1 in 3 at 3 (folded twice).
    static let bitsPerKey = 12
    /// Below this, false positives are too frequent for the filter to be worth its memory.
    static let leastBitsPerKey = 3

    private(set) var blocks: [SIMD8<UInt32>]

    /// A filter for `keys` ids. Zero `bitsPerKey` gives a filter without blocks.
    init(keys: Int, bitsPerKey: Int = Self.bitsPerKey) {
        var count = (keys * bitsPerKey + 255) / 256
        // Round up so that the filter can be folded.
        if count > 64 { count = (count + 15) / 16 * 16 }
        blocks = [SIMD8<UInt32>](repeating: SIMD8(repeating: 0), count: bitsPerKey == 0 ? 0 : max(1, count))
    }

    init(blocks: [SIMD8<UInt32>]) { self.blocks = blocks }

    var byteCount: Int { blocks.count * MemberBlock.blockSize }

    mutating func insert(_ hash: Hash128) {
        guard !blocks.isEmpty else { return }
        blocks[index(hash)] |= Self.mask(hash)
    }

    mutating func insert(_ entries: [IDEntry]) {
        guard !blocks.isEmpty else { return }
        blocks.withUnsafeMutableBufferPointer { blocks in
            for entry in entries { blocks[Self.index(entry.hash, blocks.count)] |= Self.mask(entry.hash) }
        }
    }

    /// The indices of the hashes that may be in the run and whose offset in `found` is still unknown.
    func choose(_ hashes: [Hash128], notIn found: [UInt64]) -> [Int32] {
        guard !blocks.isEmpty else {
            return hashes.indices.filter { found[$0] == IDTable.none }.map { Int32(truncatingIfNeeded: $0) }
        }
        return [Int32](unsafeUninitializedCapacity: hashes.count) { chosen, count in
            blocks.withUnsafeBufferPointer { blocks in
                // Branch-free: every index is stored, and `count` advances only if it is chosen.
                for place in hashes.indices {
                    let mask = Self.mask(hashes[place])
                    let mayHold = blocks[Self.index(hashes[place], blocks.count)] & mask == mask
                    chosen[count] = Int32(truncatingIfNeeded: place)
                    count += mayHold && found[place] == IDTable.none ? 1 : 0
                }
            }
        }
    }

    /// Whether the id may be in the run. A filter without blocks answers true.
    func mayHold(_ hash: Hash128) -> Bool {
        guard !blocks.isEmpty else { return true }
        let mask = Self.mask(hash)
        return blocks[index(hash)] & mask == mask
    }

    /// Halves the filter. If that leaves too few bits for `keys` ids, the filter is dropped.
    mutating func fold(keys: Int) {
        guard blocks.count.isMultiple(of: 2), blocks.count * 128 >= keys * Self.leastBitsPerKey else {
            blocks = []
            return
        }
        blocks = (0..<(blocks.count / 2)).map { blocks[2 * $0] | blocks[2 * $0 + 1] }
    }

    private func index(_ hash: Hash128) -> Int { Self.index(hash, blocks.count) }

    @inline(__always)
    private static func index(_ hash: Hash128, _ blocks: Int) -> Int {
        Int(truncatingIfNeeded: ((hash.high >> 32) &* UInt64(truncatingIfNeeded: blocks)) >> 32)
    }

    @inline(__always)
    private static func mask(_ hash: Hash128) -> SIMD8<UInt32> { MemberBlock.bits(hash.low) }
}
