/// The shown values of a sketch.
extension QuantileColumn {
    /// The values of several statistics.
    func values(_ cell: Int, _ statistics: [Statistic]) -> [ViewValue] {
        let summary = summaries[cell]
        let wanted = statistics.compactMap { if case .quantile(let millionths) = $0 { millionths } else { nil } }
        var found = (summary.count > 0 && !wanted.isEmpty ? quantiles(cell, wanted) : [])[...]
        return statistics.map { statistic in
            if case .count = statistic { return .int(summary.count) }
            guard summary.count > 0 else { return .null }
            switch statistic {
            case .count: return .int(summary.count)
            case .min: return exact.low(cell, summary).map { .int($0) } ?? .double(summary.min == 0 ? 0 : summary.min)
            case .max: return exact.high(cell, summary).map { .int($0) } ?? .double(summary.max == 0 ? 0 : summary.max)
            case .quantile: return found.popFirst().map { .double($0) } ?? .null
            case .interpolated(let millionths): return .double(interpolated(cell, millionths))
            }
        }
    }

    /// For each requested Q, the value of rank ⌈Q·count⌉, as the middle of its bucket; all in one pass over the buckets.
    private func quantiles(_ cell: Int, _ wanted: [Int]) -> [Double] {
        values(cell, RankWalk(wanted, of: summaries[cell].count), wanted.count)
    }

    /// The value at position Q·(count − 1), interpolated between the values of the two nearest ranks.
    private func interpolated(_ cell: Int, _ millionths: Int) -> Double {
        let (place, rest) = (Int128(max(0, min(millionths, 1_000_000))) * Int128(summaries[cell].count - 1))
            .quotientAndRemainder(dividingBy: 1_000_000)
        let around = values(cell, RankWalk(ranks: [place + 1, rest == 0 ? place + 1 : place + 2]), 2)
        return around[0] + (around[1] - around[0]) * (Double(rest) / 1e6)
    }

    private func values(_ cell: Int, _ ranks: RankWalk, _ count: Int) -> [Double] {
        settle()
        let summary = summaries[cell]
        var walk = ranks
        // Without negative numbers, buckets are in numeric order.
        if summary.min < 0 {
            var negative: [(code: Int32, count: UInt64)] = []
            forEachSettled(cell) { code, count in if code < 0 { negative.append((code, count)) } }
            for entry in negative.reversed() { walk.pass(entry.code, entry.count) }
        }
        forEachSettled(cell) { code, count in if code >= 0 { walk.pass(code, count) } }
        return (0..<count).map { index in
            let (rank, code) = walk.found(index)
            if rank == 1 { return summary.min == 0 ? 0 : summary.min }
            guard let code, rank != Int128(summary.count) else { return summary.max == 0 ? 0 : summary.max }
            return Swift.min(Swift.max(SketchCode.middle(of: code), summary.min), summary.max)
        }
    }
}
