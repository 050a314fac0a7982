// The cells of the views that rules look at, in memory: as many as the rules look back over. Rules of one view and level share
// them.
//
// Views know minutes as their shortest buckets. For rules that are evaluated more often, a second set of cells is folded by a
// clock that runs faster by a whole factor: with 1 s from one evaluation to the next, a second of an event's time becomes a
// minute of a cell's. The factor is whole, so the order of events stays, and what is read is moved back by the same factor.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash
internal import VarveProjections

struct RuleCells: Sendable {
    private struct Key: Hashable {
        var view: SHA256Digest
        var level: BucketLevel
        var slice: Int64?
    }

    private struct Kept {
        var states: ViewStates
        let level: BucketLevel
        let slice: Int64?
        /// Nanoseconds before an evaluation that rules look back over.
        var lookback: Int64
        /// The slices that hold something, ascending.
        var slices: [Int64] = []
        /// Greater whenever something was folded.
        var version: UInt64 = 0
    }

    private var places: [Key: Int] = [:]
    private var kept: [Kept] = []
    /// The time from which fast clocks run: that of the first event, where none was given.
    private var base: Int64?

    /// - Parameter near: A time near which events are looked at, in nanoseconds.
    init(_ rules: [PreparedRule], near: Int64? = nil) {
        base = near
        for rule in rules {
            let key = Self.key(rule)
            let needed = rule.lookback + rule.rule.horizon + rule.rule.warmth
            if let place = places[key] {
                kept[place].lookback = max(kept[place].lookback, needed)
            } else {
                places[key] = kept.count
                var definition = rule.definition
                // Slices are aligned in UTC, whatever the view's zone is.
                if key.slice != nil { definition.zone = .utc }
                let plan = FoldPlan(definition, level: rule.level)
                kept.append(Kept(states: ViewStates(plan), level: rule.level, slice: key.slice, lookback: needed))
            }
        }
    }

    private static func key(_ rule: PreparedRule) -> Key {
        Key(view: rule.definition.fingerprint, level: rule.level, slice: rule.slice)
    }

    var isEmpty: Bool { kept.isEmpty }
    var hasSlices: Bool { kept.contains { $0.slice != nil } }

    /// The columns that folding needs of a batch.
    var columns: Set<ColumnKey> { kept.reduce(into: []) { $0.formUnion($1.states.plan.columns) } }

    /// How far before an evaluation any rule looks back.
    var lookback: Int64 { kept.map(\.lookback).max() ?? 0 }

    /// Whether an event of `signal` is looked at.
    func matches(_ signal: String) -> Bool { kept.contains { $0.states.plan.matches(signal) } }

    /// Whether a rule looks at an event of the batch.
    func matches(_ rule: PreparedRule, _ batch: EventBatch) -> Bool {
        guard let place = places[Self.key(rule)] else { return false }
        return batch.groups.contains { kept[place].states.plan.matches($0.signal) }
    }

    mutating func fold(_ batch: EventBatch) {
        if base == nil { base = batch.times.first }
        for index in kept.indices {
            let plan = kept[index].states.plan
            guard batch.groups.contains(where: { plan.matches($0.signal) }) else { continue }
            kept[index].version &+= 1
            guard let slice = kept[index].slice else {
                kept[index].states.fold(batch)
                continue
            }
            var fast = batch
            let factor = RuleSource.minute / slice
            for row in fast.times.indices { fast.times[row] = virtual(fast.times[row], factor) }
            kept[index].states.fold(fast)
            note(batch.times, slice, index)
        }
    }

    /// Where the fast clock is at `time`. What is too far away lies at the border, where no rule looks.
    private func virtual(_ time: Int64, _ factor: Int64) -> Int64 {
        // A whole minute, so that slices begin where minutes do.
        let near = base ?? 0
        let base = near - ((near % RuleSource.minute) + RuleSource.minute) % RuleSource.minute
        let (distance, isFar) = time.subtractingReportingOverflow(base)
        let (scaled, isFarther) = distance.multipliedReportingOverflow(by: factor)
        let (sum, isFarthest) = scaled.addingReportingOverflow(base)
        let border: Int64 = 9_000_000_000_000_000_000
        if isFar || isFarther || isFarthest { return time < base ? -border : border }
        return min(max(sum, -border), border)
    }

    private mutating func note(_ times: [Int64], _ slice: Int64, _ index: Int) {
        var fresh: Set<Int64> = []
        var last: Int64?
        for time in times {
            let start = time - ((time % slice) + slice) % slice
            if start == last { continue }
            last = start
            fresh.insert(start)
        }
        let known = kept[index].slices
        if let end = known.last {
            fresh = fresh.filter { $0 > end || Self.count(known, $0..<($0 + 1)) == 0 }
        }
        guard !fresh.isEmpty else { return }
        let added = fresh.sorted()
        if let end = known.last, let first = added.first, first < end {
            kept[index].slices = (known + added).sorted()
        } else {
            kept[index].slices += added
        }
    }

    /// How many of ascending numbers lie in the range.
    private static func count(_ numbers: [Int64], _ range: Range<Int64>) -> Int {
        func first(_ border: Int64) -> Int {
            var (low, high) = (0, numbers.count)
            while low < high {
                let middle = (low + high) / 2
                if numbers[middle] < border { low = middle + 1 } else { high = middle }
            }
            return low
        }
        return first(range.upperBound) - first(range.lowerBound)
    }

    /// What changes when something is folded that a rule looks at.
    func version(_ rule: PreparedRule) -> UInt64 { places[Self.key(rule)].map { kept[$0].version } ?? 0 }

    /// Whether the window that ends at `tick` has what the one a step before has: nothing came in, nothing left.
    func isSteady(_ rule: PreparedRule, at tick: Int64, since version: UInt64) -> Bool {
        guard let place = places[Self.key(rule)], kept[place].slice != nil, kept[place].version == version else { return false }
        guard case .number = rule.rule.test else { return false }
        let step = rule.rule.step
        let start = tick - Int64(rule.rule.source.window) * step
        let slices = kept[place].slices
        return Self.count(slices, (tick - step)..<tick) == 0 && Self.count(slices, (start - step)..<start) == 0
    }

    /// Forgets what no evaluation from `tick` on looks at.
    mutating func forget(before tick: Int64) {
        for index in kept.indices {
            let level = kept[index].level
            let (border, overflow) = tick.subtractingReportingOverflow(kept[index].lookback)
            guard !overflow, level != .all else { continue }
            var time = border
            if let slice = kept[index].slice {
                time = virtual(border, RuleSource.minute / slice)
                kept[index].slices.removeAll { $0 < border }
            }
            kept[index].states.removeBuckets(before: level.bucket(of: time), level: level)
        }
    }

    /// The rows of a rule's view for the window `from ..< to`: one for each combination of its dimensions, or with `isSeries`
    /// for each of them and each bucket of the rule.
    func rows(
        _ rule: PreparedRule, from: Int64, to: Int64, isSeries: Bool = false, _ memo: RowMemo? = nil
    ) throws(QueryError) -> [ViewRow] {
        guard let place = places[Self.key(rule)], let state = kept[place].states.all.first else { return [] }
        var (first, last) = (from, to)
        if let slice = kept[place].slice {
            if Self.count(kept[place].slices, from..<to) == 0 { return [] }
            (first, last) = (virtual(from, RuleSource.minute / slice), virtual(to, RuleSource.minute / slice))
        }
        let query = ViewQuery(
            bucket: isSeries ? max(rule.rule.source.bucket, rule.level) : .all, by: rule.rule.source.by,
            where: rule.rule.source.filters.map { DimensionFilter($0) }, from: Timestamp(nanoseconds: first),
            to: Timestamp(nanoseconds: last))
        if let known = memo?.rows[RowMemo.Asked(place: place, query: query)] { return known }
        let rows = try state.rows(query)
        memo?.rows[RowMemo.Asked(place: place, query: query)] = rows
        return rows
    }
}

/// Rows that rules of one evaluation have in common.
final class RowMemo {
    struct Asked: Hashable {
        var place: Int
        var query: ViewQuery
    }

    var rows: [Asked: [ViewRow]] = [:]
}
