internal import VarveEvents
internal import VarveHash
internal import VarveLog
internal import VarveProjections

/// A stretch of the log and what the views are over its events alone. Parts tile the log; a part that is the same as before is
/// not looked at again.
struct LogPart: Sendable {
    enum ID: Hashable {
        /// What the views were at R.
        case base(Offset)
        /// A whole sealed segment without known damage: what its events are.
        case content(SHA256Digest)
        /// Events that no content hash speaks for: of the active segment, of a damaged one, or of one that the prefix cuts. What
        /// is below the watermark is never cut off nor written again, so they stay the same until damage is found or mended.
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

/// Where a part is to come from.
struct WantedPart: Sendable {
    var id: LogPart.ID
    var range: Range<UInt64>
    var rows: UInt64
}

extension WantedPart {
    /// What tiles `range` of the log, what no segment covers included: folding that says that it is lost, or gone. `known` are
    /// the stretches of the active segment that are there already: of an unsealed segment only what follows them is wanted anew.
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

    /// Stretches of one unsealed segment; more than that are folded anew as one.
    private static let stretchesMax = 16

    /// The known stretches that follow each other from `start` on.
    private static func stretches(
        _ known: Set<LogPart.ID>, from start: UInt64, to end: UInt64, _ damaged: [DamagedRange]
    ) -> [Range<UInt64>] {
        var ends: [UInt64: UInt64] = [:]
        // Parts do not overlap, so no two begin at one offset and the order in which they are met cannot show.
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
