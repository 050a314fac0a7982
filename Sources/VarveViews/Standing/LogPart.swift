internal import VarveEvents
internal import VarveHash
internal import VarveLog
internal import VarveProjections

/// A part of the log with the states of the views over its events alone. Parts tile the log; an unchanged part is not read
/// again.
struct LogPart: Sendable {
    enum ID: Hashable {
        /// The states of the views at R.
        case base(Offset)
        /// A whole sealed segment without known damage, identified by its content hash.
        case content(SHA256Digest)
        /// Events without a content hash: of the active segment, of a damaged one, or of one that the prefix cuts. Events below
        /// the watermark are never removed or rewritten, so they are unchanged until damage is found or repaired.
        case events(Range<UInt64>, damaged: [DamagedRange])
        /// Offsets that no segment covers.
        case gap(Range<UInt64>)
    }

    var id: ID
    var range: Range<UInt64>
    /// One section per view, in the order of the views, at its permanent level.
    var sections: [StateSection]
    var events: UInt64 = 0
    var damaged: Set<DamagedRange> = []
}

/// A part that is needed, and where it lies.
struct WantedPart: Sendable {
    var id: LogPart.ID
    var range: Range<UInt64>
    var rows: UInt64
}

extension WantedPart {
    /// The parts that tile `range`, including ranges without a segment, whose folding reports them as lost or removed. `known`
    /// are the existing parts: of an unsealed segment only the events after them are new.
    static func all(
        _ segments: [SegmentInfo], _ range: Range<UInt64>, known: Set<LogPart.ID>
    ) -> [WantedPart] {
        var wanted: [WantedPart] = []
        for segment in segments {
            let whole = segment.firstOffset.value..<segment.endOffset.value
            let own = whole.clamped(to: range)
            if own.isEmpty { continue }
            if let content = segment.contentHash, segment.damaged.isEmpty, own == whole {
                wanted.append(WantedPart(id: .content(content), range: own, rows: segment.rows))
                continue
            }
            var next = own.lowerBound
            if !segment.isSealed {
                for stretch in stretches(known, from: next, to: own.upperBound, segment.damaged) {
                    wanted.append(
                        WantedPart(
                            id: .events(stretch, damaged: segment.damaged), range: stretch,
                            rows: UInt64(stretch.count)))
                    next = stretch.upperBound
                }
            }
            if next < own.upperBound {
                let rest = next..<own.upperBound
                wanted.append(
                    WantedPart(
                        id: .events(rest, damaged: segment.damaged), range: rest, rows: UInt64(rest.count)))
            }
        }
        let gaps = segments.gaps(in: range).map { WantedPart(id: .gap($0), range: $0, rows: 0) }
        guard !gaps.isEmpty else { return wanted }
        return (wanted + gaps).sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// The most parts of one unsealed segment; beyond that they are folded again as one.
    private static let stretchesMax = 16

    /// The consecutive known parts from `start` on.
    private static func stretches(
        _ known: Set<LogPart.ID>, from start: UInt64, to end: UInt64, _ damaged: [DamagedRange]
    ) -> [Range<UInt64>] {
        var ends: [UInt64: UInt64] = [:]
        // Parts do not overlap, so the start determines the part, whatever the order of iteration.
        for case .events(let range, damaged: damaged) in known where range.upperBound <= end {
            ends[range.lowerBound] = range.upperBound
        }
        var found: [Range<UInt64>] = []
        var next = start
        while let until = ends[next], until > next {
            found.append(next..<until)
            next = until
        }
        return found.count < stretchesMax ? found : []
    }
}
