// One walk over the bytes of a segment, for recovery, sealing and verify: which frames are whole, what lies between them, and
// where the whole part ends. It judges nothing: whether a gap is a torn tail or damage depends on the watermark.
//
//     ┌────────┬─────────┬─────────┬───────┬─────────┬──────────────┐
//     │ header │ frame 0 │ frame 1 │ ????? │ frame 3 │ ???  (tail)  │
//     └────────┴─────────┴─────────┴───────┴─────────┴──────────────┘
//                                   fault                             frames behind a fault are looked for at every 8th byte

internal import VarveBatchFormat
internal import VarveEvents

struct FoundFrame: Sendable {
    var position: Int
    var header: FrameHeader
    var range: Range<Int> { position..<(position + header.frameSize) }
}

/// Bytes between whole frames, and the offsets that are missing there.
struct SegmentFault: Hashable, Sendable {
    var bytes: Range<Int>
    var offsets: Range<UInt64>
    var reason: String
}

struct SegmentWalk: Sendable {
    var header: SegmentHeader?
    /// Why there is no header.
    var headerFault: FormatError?
    var frames: [FoundFrame] = []
    /// Faults with a whole frame behind them.
    var faults: [SegmentFault] = []
    /// The bytes behind the last whole frame, up to the footer or the end.
    var tail: Range<Int> = 0..<0
    var tailReason = ""
    /// The header is whole and that of another log or segment.
    var isForeign = false
    /// Whether a frame of a newer format stands where the walk ended.
    var isNewer = false
    /// A whole footer that ends with the file.
    var footer: SegmentFooter?
    /// The offset that would follow the last whole frame.
    var end: Offset
    /// The hash that the next frame would repeat; nil when it is not known.
    var chain: UInt64?
    /// The highest watermark that any frame repeats.
    var durableUpTo = Offset(0)

    /// Walks `bytes`, the file of segment `first` of `store`. Frames at or past `limit`, where the next segment begins, do not
    /// count.
    init(_ bytes: UnsafeRawBufferPointer, store: StoreID?, first: Offset, limit: Offset? = nil) {
        end = first
        do {
            let header = try SegmentHeader(parsing: bytes)
            if header.first == first, store == nil || header.store == store {
                self.header = header
                chain = header.chainIn
            } else {
                isForeign = true
                headerFault = FormatError(.malformed, "the header is that of segment \(header.first) of another place")
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
    /// The hash that the segment goes on from: the header's, or that which the frame behind it repeats; nil when both are lost.
    var chainIn: UInt64? {
        if let header { return header.chainIn }
        guard let first = frames.first, first.position == SegmentHeader.size else { return nil }
        return first.header.context.previousHash
    }

    /// What a frame says was durable when it was written lies below its own end, whatever it says.
    fileprivate mutating func note(_ header: FrameHeader) {
        durableUpTo = max(durableUpTo, min(header.context.durableUpTo, header.endOffset))
    }
}

/// The moving part of a `SegmentWalk`.
private struct FrameWalker {
    let bytes: UnsafeRawBufferPointer
    let store: StoreID?
    let first: Offset
    let limit: Offset?

    /// What stands at a position.
    enum Found {
        case frame(FrameHeader)
        /// The header is whole and belongs here, a column is not.
        case hurt(FrameHeader, String)
        case past
        case newer(String)
        case nothing(String)
    }

    mutating func run(_ walk: inout SegmentWalk) {
        var position = min(SegmentHeader.size, bytes.count)
        /// Where unread bytes began, and why.
        var faultStart: Int?
        var reason = ""
        while position < bytes.count {
            if faultStart == nil, let footer = footer(at: position) {
                walk.footer = footer
                walk.tail = position..<position
                return
            }
            switch look(at: position, walk) {
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
            case .hurt(let header, let why):
                // It is skipped as a whole; its hash is what the next one repeats.
                if faultStart == nil { (faultStart, reason) = (position, why) }
                walk.note(header)
                walk.chain = header.hash
                position += header.frameSize
            case .past:
                walk.tail = (faultStart ?? position)..<bytes.count
                walk.tailReason = reason.isEmpty ? "frames past the next segment's begin" : reason
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

    private func look(at position: Int, _ walk: SegmentWalk) -> Found {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
        let header: FrameHeader
        do throws(FormatError) {
            header = try FrameHeader(parsing: rest)
        } catch {
            return error.code == .newerVersion ? .newer(error.message) : .nothing(error.message)
        }
        guard store == nil || header.context.store == store, header.context.segment == first else {
            return .nothing("a frame of another log or segment stands at byte \(position)")
        }
        guard header.firstOffset >= walk.end else {
            return .nothing("a frame of offset \(header.firstOffset) stands where \(walk.end) is due")
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
            return .hurt(header, error.message)
        }
    }

    /// The filters and the footer, when they stand at `position` and all their checksums hold.
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
