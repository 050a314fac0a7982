// One pass over the bytes of a segment, for recovery, sealing and verification: finds the intact frames, the ranges between
// them, and the end of the intact part. It does not decide whether a gap is a torn tail or damage; that depends on the
// watermark.
//
//     ┌────────┬─────────┬─────────┬───────┬─────────┬──────────────┐
//     │ header │ frame 0 │ frame 1 │ ????? │ frame 3 │ ???  (tail)  │
//     └────────┴─────────┴─────────┴───────┴─────────┴──────────────┘
//                                   fault                             after a fault, every 8th byte is searched for a frame

internal import VarveBatchFormat
internal import VarveEvents

struct FoundFrame: Sendable {
    var position: Int
    var header: FrameHeader
    var range: Range<Int> { position..<(position + header.frameSize) }
}

/// A range of bytes between intact frames, and the offsets missing there.
struct SegmentFault: Hashable, Sendable {
    var bytes: Range<Int>
    var offsets: Range<UInt64>
    var reason: String
}

struct SegmentWalk: Sendable {
    var header: SegmentHeader?
    /// Why the header is missing.
    var headerFault: FormatError?
    var frames: [FoundFrame] = []
    /// Faults followed by an intact frame.
    var faults: [SegmentFault] = []
    /// The bytes after the last intact frame, up to the footer or the end.
    var tail: Range<Int> = 0..<0
    var tailReason = ""
    /// Whether the header is valid but belongs to another log or segment.
    var isForeign = false
    /// Whether the walk ended at a frame of a newer format.
    var isNewer = false
    /// A valid footer at the end of the file.
    var footer: SegmentFooter?
    /// The offset after the last intact frame.
    var end: Offset
    /// The expected previous hash of the next frame; nil when unknown.
    var chain: UInt64?
    /// The highest watermark recorded in any frame.
    var durableUpTo = Offset(0)

    /// Walks `bytes`, the file of segment `first` of `store`. Frames at or past `limit`, the start of the next segment, are
    /// ignored.
    init(_ bytes: UnsafeRawBufferPointer, store: StoreID?, first: Offset, limit: Offset? = nil) {
        end = first
        do {
            let header = try SegmentHeader(parsing: bytes)
            if header.first == first, store == nil || header.store == store {
                self.header = header
                chain = header.chainIn
            } else {
                isForeign = true
                headerFault = FormatError(.malformed, "the header belongs to another log or segment (\(header.first))")
            }
        } catch let error as FormatError {
            headerFault = error
            isNewer = error.code == .newerVersion
        } catch {
            headerFault = FormatError(.malformed, "\(error)")
        }
        guard !isNewer, !isForeign else { return }
        var walker = FrameWalker(bytes: bytes, store: header?.store ?? store, first: first, limit: limit)
        walker.run(&self)
    }
}

extension SegmentWalk {
    /// The segment's chain-in, from its header or from the previous hash of its first frame; nil when both are lost.
    var chainIn: UInt64? {
        if let header { return header.chainIn }
        guard let first = frames.first, first.position == SegmentHeader.size else { return nil }
        return first.header.context.previousHash
    }

    /// Records the watermark of a frame. It is capped at the frame's end, because nothing later can have been durable.
    fileprivate mutating func note(_ header: FrameHeader) {
        durableUpTo = max(durableUpTo, min(header.context.durableUpTo, header.endOffset))
    }
}

/// The state of a `SegmentWalk` in progress.
private struct FrameWalker {
    let bytes: UnsafeRawBufferPointer
    let store: StoreID?
    let first: Offset
    let limit: Offset?

    /// What is at a position.
    enum Found {
        case frame(FrameHeader)
        /// The header is valid and belongs here, but a column is damaged.
        case damaged(FrameHeader, String)
        case past
        case newer(String)
        case nothing(String)
    }

    mutating func run(_ walk: inout SegmentWalk) {
        var position = min(SegmentHeader.size, bytes.count)
        /// The start of unreadable bytes, and the reason.
        var faultStart: Int?
        var reason = ""
        while position < bytes.count {
            if faultStart == nil, let footer = footer(at: position) {
                walk.footer = footer
                walk.tail = position..<position
                return
            }
            switch find(at: position, walk) {
            case .frame(let header):
                if let start = faultStart {
                    let lost = walk.end.value..<max(walk.end.value, header.firstOffset.value)
                    walk.faults.append(SegmentFault(bytes: start..<position, offsets: lost, reason: reason))
                    faultStart = nil
                }
                walk.frames.append(FoundFrame(position: position, header: header))
                walk.end = header.endOffset
                walk.chain = header.hash
                walk.note(header)
                position += header.frameSize
            case .damaged(let header, let why):
                // Skip the whole frame; the next frame's previous hash is this frame's hash.
                if faultStart == nil { (faultStart, reason) = (position, why) }
                walk.note(header)
                walk.chain = header.hash
                position += header.frameSize
            case .past:
                walk.tail = (faultStart ?? position)..<bytes.count
                walk.tailReason = reason.isEmpty ? "frames past the start of the next segment" : reason
                return
            case .newer(let why):
                walk.isNewer = true
                walk.tail = (faultStart ?? position)..<bytes.count
                walk.tailReason = why
                return
            case .nothing(let why):
                if faultStart == nil { (faultStart, reason) = (position, why) }
                walk.chain = nil
                position = nextCandidate(after: position)
            }
        }
        walk.tail = (faultStart ?? bytes.count)..<bytes.count
        walk.tailReason = reason
    }

    private func nextCandidate(after position: Int) -> Int {
        var next = (position + 8) / 8 * 8
        while next + FrameHeader.fixedSize <= bytes.count {
            if bytes.loadUnaligned(fromByteOffset: next, as: UInt32.self).littleEndian == FrameHeader.magic { return next }
            next += 8
        }
        return bytes.count
    }

    private func find(at position: Int, _ walk: SegmentWalk) -> Found {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
        let header: FrameHeader
        do throws(FormatError) {
            header = try FrameHeader(parsing: rest)
        } catch {
            return error.code == .newerVersion ? .newer(error.message) : .nothing(error.message)
        }
        guard store == nil || header.context.store == store, header.context.segment == first else {
            return .nothing("a frame of another log or segment is at byte \(position)")
        }
        guard header.firstOffset >= walk.end else {
            return .nothing("a frame at offset \(header.firstOffset) where \(walk.end) is expected")
        }
        if let chain = walk.chain, header.context.previousHash != chain {
            return .nothing("the frame at byte \(position) does not follow the one before it")
        }
        if let limit, header.firstOffset >= limit { return .past }
        guard header.frameSize <= rest.count else { return .nothing("the frame at byte \(position) is cut off") }
        do throws(FormatError) {
            try FrameDecoder.verify(UnsafeRawBufferPointer(rebasing: rest[0..<header.frameSize]), header)
            return .frame(header)
        } catch {
            return .damaged(header, error.message)
        }
    }

    /// The footer, if the filters start at `position` and all checksums match.
    private func footer(at position: Int) -> SegmentFooter? {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
        guard let filters = MemberBlock.size(rest), rest.count - filters >= SegmentFooter.trailerSize,
            let footer = try? SegmentFooter(parsing: UnsafeRawBufferPointer(rebasing: rest[filters...])),
            footer.framesEnd == position, footer.start == position + filters
        else { return nil }
        for section in footer.members {
            let part = bytes[Int(section.position)..<Int(section.position + section.size)]
            guard (try? MemberFilter(Array(part), section, frames: footer.frames.count)) != nil else { return nil }
        }
        return footer
    }
}
