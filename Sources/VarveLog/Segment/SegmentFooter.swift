// The footer of a sealed segment (docs/format/segment.md). Little-endian, after the last frame and the filters.
//
//     ┌──────────────────────────────────────────────────────────────────────────────────┐
//     │ VARVEFTR, version u32, size u32 (of the whole footer)                            │
//     │ first u64, end u64, rows u64, chain-in u64, chain-out u64                        │
//     │ min time, max time, min observed, max observed i64                               │
//     │ content hash <32b>, ids u64, frames u32, signals u32, flags u32, revision u32    │
//     ├──────────────────────────────────────────────────────────────────────────────────┤
//     │ frames × (position u64, size u32, rows u32, first, end u64, 4 times i64)         │
//     │ signals, sorted: each u16 length and bytes; zeros to a multiple of 8             │
//     │ frames × ⌈signals / 64⌉ words: bit s is set when the frame holds signal s        │
//     │ 4 × (position u64, size u64, hash u64): membership filters (`Membership.swift`)  │
//     ├──────────────────────────────────────────────────────────────────────────────────┤
//     │ size u32 again, version u32, VARVEEND, hash <8b>: XXH3-64 of the footer before it│
//     └──────────────────────────────────────────────────────────────────────────────────┘
//
// A reader reads the last 24 bytes, which give the size, then reads the footer and verifies the hash.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

/// One frame in the footer's index.
struct FrameEntry: Hashable, Sendable {
    static let size = 64
    var position: UInt64
    var size: UInt32
    var rows: UInt32
    var first: Offset
    var end: Offset
    var minTime: Int64
    var maxTime: Int64
    var minObserved: Int64
    var maxObserved: Int64

    init(_ header: FrameHeader, at position: UInt64) {
        self.position = position
        size = UInt32(header.frameSize)
        rows = UInt32(header.rowCount)
        first = header.firstOffset
        end = header.endOffset
        minTime = header.minTime.nanoseconds
        maxTime = header.maxTime.nanoseconds
        minObserved = header.minObserved.nanoseconds
        maxObserved = header.maxObserved.nanoseconds
    }
}

struct SegmentFooter: Hashable, Sendable {
    static let trailerSize = 24
    static let version: UInt32 = 2
    static let magic = magicNumber("VARVEFTR")
    fileprivate static let endMagic = magicNumber("VARVEEND")
    fileprivate static let fixedSize = 144

    var first: Offset
    var end: Offset
    var chainIn: UInt64
    var chainOut: UInt64
    var contentHash: SHA256Digest
    var ids: UInt64
    /// Bit 0: damaged frames are left out of the index.
    var flags: UInt32
    var frames: [FrameEntry]
    /// Sorted bytewise.
    var signals: [String]
    /// ⌈signals / 64⌉ words per frame.
    var signalBits: [UInt64]
    /// How often the segment was rewritten. Once it is above 0, the chain-out is no longer the last frame's hash.
    var revision: UInt32 = 0
    /// The sections of the membership filters, by `MemberColumn`.
    var members: [MemberSection] = []

    var rows: UInt64 { frames.reduce(0) { $0 + UInt64($1.rows) } }
    private var wordsPerFrame: Int { (signals.count + 63) / 64 }

    /// Whether the frame at `index` has an event of signal number `signal`.
    func frame(_ index: Int, holds signal: Int) -> Bool {
        signalBits[index * wordsPerFrame + signal / 64] >> UInt64(signal % 64) & 1 == 1
    }

    func encoded() -> [UInt8] {
        let names = signals.reduce(0) { $0 + 2 + $1.utf8.count }
        let size =
            Self.fixedSize + frames.count * FrameEntry.size + (names + 7) / 8 * 8 + signalBits.count * 8
            + members.count * MemberSection.size + Self.trailerSize
        precondition(members.count == MemberColumn.allCases.count, "a footer without the places of its filters")
        var out = BytesOut(reserving: size)
        out.put(Self.magic)
        out.put(Self.version)
        out.put(UInt32(size))
        for value in [first.value, end.value, rows, chainIn, chainOut] { out.put(value) }
        out.put(frames.map(\.minTime).min() ?? 0)
        out.put(frames.map(\.maxTime).max() ?? 0)
        out.put(frames.map(\.minObserved).min() ?? 0)
        out.put(frames.map(\.maxObserved).max() ?? 0)
        out.put(contentHash.bytes)
        out.put(ids)
        for value in [UInt32(frames.count), UInt32(signals.count), flags, revision] { out.put(value) }
        for frame in frames {
            out.put(frame.position)
            out.put(frame.size)
            out.put(frame.rows)
            for value in [frame.first.value, frame.end.value] { out.put(value) }
            for value in [frame.minTime, frame.maxTime, frame.minObserved, frame.maxObserved] { out.put(value) }
        }
        for signal in signals {
            out.put(UInt16(signal.utf8.count))
            out.put(signal.utf8)
        }
        out.pad()
        for word in signalBits { out.put(word) }
        for section in members { for value in [section.position, section.size, section.hash] { out.put(value) } }
        out.put(UInt32(size))
        out.put(Self.version)
        out.put(Self.endMagic)
        out.seal()
        precondition(out.bytes.count == size, "a footer of \(out.bytes.count) bytes that says \(size)")
        return out.bytes
    }

    /// The size of the footer that ends with `trailer`, the last 24 bytes of a file; nil when there is no footer.
    static func size(trailer: UnsafeRawBufferPointer) -> Int? {
        guard trailer.count == trailerSize else { return nil }
        var reader = BytesIn(trailer, "trailer")
        guard let size = try? reader.take(UInt32.self), (try? reader.take(UInt32.self)) != nil,
            (try? reader.take(UInt64.self)) == endMagic
        else { return nil }
        guard size >= fixedSize + trailerSize, size <= LogLimits.footerBytes else { return nil }
        return Int(size)
    }
}

extension SegmentFooter {
    /// Parses a whole footer and verifies it.
    init(parsing raw: UnsafeRawBufferPointer) throws {
        guard raw.count >= Self.fixedSize + Self.trailerSize else {
            throw FormatError(.truncated, "a footer of \(raw.count) bytes")
        }
        var reader = BytesIn(raw, "footer")
        guard try reader.take() == Self.magic else { throw FormatError(.notAFrame, "not a footer") }
        try BytesIn.checkSeal(raw, "the footer")
        let version: UInt32 = try reader.take()
        guard version == Self.version else {
            throw FormatError(.newerVersion, "footer version \(version); this program reads \(Self.version)")
        }
        guard try reader.take() == UInt32(raw.count) else { throw FormatError(.malformed, "the footer's size field is wrong") }
        first = try reader.takeOffset()
        end = try reader.takeOffset()
        let rows: UInt64 = try reader.take()
        chainIn = try reader.take()
        chainOut = try reader.take()
        for _ in 0..<4 { _ = try reader.take(Int64.self) }
        contentHash = try reader.takeDigest()
        ids = try reader.take()
        let frameCount = Int(try reader.take(UInt32.self))
        let signalCount = Int(try reader.take(UInt32.self))
        flags = try reader.take()
        revision = try reader.take()
        guard frameCount <= raw.count / FrameEntry.size, signalCount <= raw.count / 2 else {
            throw FormatError(.malformed, "\(frameCount) frames and \(signalCount) signals in \(raw.count) bytes")
        }
        frames = try (0..<frameCount).map { _ in try FrameEntry(&reader) }
        signals = try (0..<signalCount).map { _ in
            let length = Int(try reader.take(UInt16.self))
            let name = try reader.take(length)
            guard isUTF8(name) else { throw FormatError(.malformed, "a signal's name is not UTF-8") }
            return String(decoding: name, as: UTF8.self)
        }
        try reader.skipPadding()
        let (words, overflow) = frameCount.multipliedReportingOverflow(by: (signalCount + 63) / 64)
        let membersSize = MemberColumn.allCases.count * MemberSection.size
        guard !overflow, words == (raw.count - reader.position - membersSize - Self.trailerSize) / 8 else {
            throw FormatError(.malformed, "\(frameCount) frames and \(signalCount) signals in \(raw.count) bytes")
        }
        signalBits = try (0..<words).map { _ in try reader.take() }
        for _ in MemberColumn.allCases {
            members.append(MemberSection(position: try reader.take(), size: try reader.take(), hash: try reader.take()))
        }
        guard rows == self.rows else { throw FormatError(.malformed, "\(self.rows) rows in the index, \(rows) in the footer") }
        guard ids <= rows, revision < .max else {
            throw FormatError(.malformed, "\(ids) ids in \(rows) rows, revision \(revision)")
        }
        try checkOrder()
    }

    /// The footer at the end of a whole file; nil when none is readable.
    init?(endOf file: UnsafeRawBufferPointer) {
        guard file.count > Self.trailerSize,
            let size = Self.size(trailer: UnsafeRawBufferPointer(rebasing: file[(file.count - Self.trailerSize)...])),
            size <= file.count,
            let footer = try? SegmentFooter(parsing: UnsafeRawBufferPointer(rebasing: file[(file.count - size)...]))
        else { return nil }
        self = footer
    }

    /// The end of the frames, including damage after the last one; the filters begin here.
    var framesEnd: UInt64 { members[0].position - UInt64(MemberBlock.headerSize) }
    /// The end of the filters; the footer begins here.
    var start: UInt64 { members[members.count - 1].position + members[members.count - 1].size }

    /// Checks that frames ascend in position and offset within the segment, and that the filters are contiguous after them.
    private func checkOrder() throws {
        var next = members[0].position
        guard next >= UInt64(SegmentHeader.size + MemberBlock.headerSize), next <= UInt64(Int64.max) else {
            throw FormatError(.malformed, "filters at byte \(next)")
        }
        for section in members {
            guard section.position == next, section.size <= UInt64(LogLimits.footerBytes) else {
                throw FormatError(.malformed, "filters of \(section.size) bytes at byte \(section.position)")
            }
            next += section.size
        }
        var position = UInt64(SegmentHeader.size)
        var offset = first
        for frame in frames {
            guard frame.position >= position, frame.size >= FrameHeader.fixedSize, frame.first >= offset,
                frame.end > frame.first, frame.end <= end
            else { throw FormatError(.malformed, "the frame at byte \(frame.position) is out of order in the index") }
            position = frame.position + UInt64(frame.size)
            offset = frame.end
        }
        guard position <= framesEnd else { throw FormatError(.malformed, "frames end at byte \(position), in the filters") }
    }
}

extension FrameEntry {
    fileprivate init(_ reader: inout BytesIn) throws {
        position = try reader.take()
        guard position <= UInt64(Int64.max) else { throw FormatError(.malformed, "a frame at byte \(position)") }
        size = try reader.take()
        rows = try reader.take()
        first = Offset(try reader.take())
        end = Offset(try reader.take())
        minTime = try reader.take()
        maxTime = try reader.take()
        minObserved = try reader.take()
        maxObserved = try reader.take()
    }
}
