// Membership filters: which sessions, users, components and event ids a frame may hold. A sealed segment has one section per
// column, with one split-block Bloom filter per frame. There are no false negatives, and about one false positive in two
// hundred (docs/format/segment.md).
//
//     ┌───────────────────────────────────────────────────┐
//     │ VARVEFLT, version u32, zero u32, size u64         │  between the last frame and the footer
//     ├───────────────────────────────────────────────────┤
//     │ section: frames × blocks u32; zeros to 8 bytes    │  session, user, component, id; the footer holds the position and
//     │          blocks × 8 words u32                     │  XXH3-64 of each
//     └───────────────────────────────────────────────────┘
//
// The high half of a value's XXH3-64 picks a block; the low half, multiplied by eight odd constants, picks one bit per word.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

/// The columns with filters, in the order of their sections.
enum MemberColumn: Int, CaseIterable, Sendable {
    case session, user, component, id

    var key: ColumnKey {
        switch self {
        case .session: .session
        case .user: .user
        case .component: .component
        case .id: .id
        }
    }

    /// Ids are many and all distinct, so their filter is slightly coarser.
    fileprivate var bitsPerValue: Int { self == .id ? 10 : 12 }
}

/// The position of a section in its file.
struct MemberSection: Hashable, Sendable {
    static let size = 24
    var position: UInt64
    var size: UInt64
    var hash: UInt64
}

enum MemberBlock {
    static let headerSize = 24
    static let version: UInt32 = 1
    static let magic = magicNumber("VARVEFLT")
    /// Bytes of one filter block.
    static let blockSize = 32
    /// Computed rather than stored, so that the constant is inlined where it is used.
    @inline(__always)
    static var salts: SIMD8<UInt32> {
        SIMD8(
            0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31)
    }

    /// The size of the filter block at the start of `raw`; nil when there is none.
    static func size(_ raw: UnsafeRawBufferPointer) -> Int? {
        guard raw.count >= headerSize else { return nil }
        var reader = BytesIn(raw, "filters")
        guard (try? reader.take(UInt64.self)) == magic, (try? reader.take(UInt32.self)) == version,
            (try? reader.take(UInt32.self)) == 0, let size = try? reader.take(UInt64.self), size >= UInt64(headerSize),
            size <= UInt64(raw.count)
        else { return nil }
        return Int(size)
    }

    static func blockIndex(_ hash: UInt64, of blocks: Int) -> Int {
        Int(truncatingIfNeeded: ((hash >> 32) &* UInt64(blocks)) >> 32)
    }

    static func bit(_ hash: UInt64, word: Int) -> UInt32 {
        1 << ((UInt32(truncatingIfNeeded: hash) &* salts[word]) >> 27)
    }

    /// The bits of a value in all eight words.
    @inline(__always)
    static func bits(_ hash: UInt64) -> SIMD8<UInt32> {
        SIMD8(repeating: 1) &<< ((SIMD8(repeating: UInt32(truncatingIfNeeded: hash)) &* salts) &>> 27)
    }
}

/// Collects the values of frames and builds their filters.
struct MemberBuilder {
    /// The filter blocks by column and frame.
    private var blocks: [[[SIMD8<UInt32>]]] = MemberColumn.allCases.map { _ in [] }

    /// Adds the next frame.
    mutating func add(_ batch: EventBatch) {
        for column in MemberColumn.allCases { blocks[column.rawValue].append(Self.filter(batch, column)) }
    }

    private static func filter(_ batch: EventBatch, _ member: MemberColumn) -> [SIMD8<UInt32>] {
        guard let column = batch.column(member.key), case .strings(_, let table) = column.values, table.count > 0
        else { return [] }
        let count = (table.count * member.bitsPerValue + 255) / 256
        var blocks = [SIMD8<UInt32>](repeating: SIMD8(repeating: 0), count: count)
        blocks.withUnsafeMutableBufferPointer { blocks in
            table.bytes.withUnsafeBytes { bytes in
                table.bounds.withUnsafeBufferPointer { bounds in
                    for entry in 0..<(bounds.count - 1) {
                        let text = bytes[Int(bounds[entry])..<Int(bounds[entry + 1])]
                        let hash = XXH3.hash64(UnsafeRawBufferPointer(rebasing: text))
                        blocks[MemberBlock.blockIndex(hash, of: count)] |= MemberBlock.bits(hash)
                    }
                }
            }
        }
        return blocks
    }

    /// The filter block for byte `position` of the file, and the places of its sections.
    func encoded(at position: Int) -> (bytes: [UInt8], sections: [MemberSection]) {
        let bodies = blocks.map(Self.section)
        let size = MemberBlock.headerSize + bodies.reduce(0) { $0 + $1.count }
        var out = BytesOut(reserving: size)
        out.put(MemberBlock.magic)
        out.put(MemberBlock.version)
        out.put(UInt32(0))
        out.put(UInt64(size))
        var sections: [MemberSection] = []
        for body in bodies {
            sections.append(
                MemberSection(
                    position: UInt64(position + out.bytes.count), size: UInt64(body.count),
                    hash: body.withUnsafeBytes { XXH3.hash64($0) }))
            out.put(body)
        }
        return (out.bytes, sections)
    }

    private static func section(_ frames: [[SIMD8<UInt32>]]) -> [UInt8] {
        var out = BytesOut(reserving: frames.reduce(frames.count * 4 + 8) { $0 + $1.count * MemberBlock.blockSize })
        for blocks in frames { out.put(UInt32(blocks.count)) }
        out.pad()
        // Written as in memory: every supported platform is little-endian.
        for blocks in frames { blocks.withUnsafeBytes { out.put($0) } }
        return out.bytes
    }
}

/// A section read from disk and verified.
struct MemberFilter: Sendable {
    private let bytes: [UInt8]
    /// The start of each frame's blocks, and the end.
    private let starts: [Int]

    init(_ bytes: [UInt8], _ place: MemberSection, frames: Int) throws {
        guard bytes.count == place.size, bytes.withUnsafeBytes({ XXH3.hash64($0) }) == place.hash else {
            throw FormatError(.checksumMismatch, "the filters at byte \(place.position) are damaged")
        }
        var starts = [(frames * 4 + 7) / 8 * 8]
        try bytes.withUnsafeBytes { raw in
            var reader = BytesIn(raw, "filters")
            for _ in 0..<frames {
                let blocks = Int(try reader.take(UInt32.self))
                starts.append(starts[starts.count - 1] + blocks * MemberBlock.blockSize)
            }
        }
        guard starts[frames] == bytes.count else {
            throw FormatError(.malformed, "filters of \(starts[frames]) bytes in \(bytes.count)")
        }
        self.bytes = bytes
        self.starts = starts
    }

    /// Whether frame `frame` may hold a value with this XXH3-64.
    func mayHold(_ hash: UInt64, frame: Int) -> Bool {
        let blocks = (starts[frame + 1] - starts[frame]) / MemberBlock.blockSize
        guard blocks > 0 else { return false }
        let first = starts[frame] + MemberBlock.blockIndex(hash, of: blocks) * MemberBlock.blockSize
        return bytes.withUnsafeBytes { raw in
            (0..<8).allSatisfy { word in
                let stored = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: first + word * 4, as: UInt32.self))
                return stored & MemberBlock.bit(hash, word: word) != 0
            }
        }
    }
}
