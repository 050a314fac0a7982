/// Finds the buckets of several ranks in one pass over the buckets of a sketch, which must be in numeric order.
struct RankWalk {
    /// Ascending, each with its index among those requested.
    private var ranks: [(rank: Int128, place: Int)]
    private var codes: [Int32?]
    /// The number of ranks whose bucket is found.
    private var done = 0
    /// The number of values before the next rank; a bucket with fewer values is skipped without another test.
    private var left: UInt64
    private var seen: Int128 = 0

    /// The ranks ⌈Q·count⌉ of the quantiles `wanted`, in millionths.
    init(_ wanted: [Int], of count: Int64) {
        self.init(
            ranks: wanted.map { millionths in
                let share = Int128(max(0, min(millionths, 1_000_000)))
                return max(1, (share * Int128(count) + 999_999) / 1_000_000)
            })
    }

    /// Ranks, counted from 1.
    init(ranks wanted: [Int128]) {
        ranks = wanted.enumerated().map { ($1, $0) }
        ranks.sort { $0.rank < $1.rank }
        codes = [Int32?](repeating: nil, count: wanted.count)
        left = ranks.first.map { UInt64(clamping: $0.rank) } ?? .max
    }

    @inline(__always)
    mutating func pass(_ code: Int32, _ count: UInt64) {
        if count < left {
            left &-= count
        } else {
            reach(code, count)
        }
    }

    private mutating func reach(_ code: Int32, _ count: UInt64) {
        guard done < ranks.count else { return }
        // The number of values before this bucket: the next rank minus the values left before it.
        seen = ranks[done].rank - Int128(left) + Int128(count)
        while done < ranks.count, seen >= ranks[done].rank {
            codes[ranks[done].place] = code
            done += 1
        }
        left = done < ranks.count ? UInt64(clamping: ranks[done].rank - seen) : .max
    }

    /// The rank of the quantile at `place`, and its bucket; nil if there were fewer values.
    func found(_ place: Int) -> (rank: Int128, code: Int32?) {
        (ranks.first { $0.place == place }?.rank ?? 1, codes[place])
    }
}
