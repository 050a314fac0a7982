/// The k largest or smallest series of each group, at every step.
struct Ranking {
    let isTop: Bool

    func best(
        _ series: [StepSeries], _ groups: Groups, _ counts: [Double], _ steps: Int
    ) throws(PromQLError) -> [StepSeries] {
        var kept = series.map { _ in [Double]() }
        // In the order of the last step, which is that of the answer where there is one step.
        var order: [Int] = []
        for step in 0..<steps {
            let wanted = counts[step]
            guard groups.all.contains(where: { $0.members.contains { !series[$0].values[step].isAbsent } }) else { continue }
            guard wanted <= 0x1p63, wanted >= -0x1p63 else {
                throw .execution("Scalar value \(GoText.plain(wanted)) overflows int64")
            }
            guard wanted >= 1 else { continue }
            order = []
            for group in groups.all {
                var heap = RankHeap(isTop: isTop, limit: Int(exactly: wanted.rounded(.down)) ?? .max)
                for member in group.members where !series[member].values[step].isAbsent {
                    heap.offer(series[member].values[step], member)
                }
                for (value, member) in heap.ranked() {
                    if kept[member].isEmpty { kept[member] = StepSeries.nothing(steps) }
                    kept[member][step] = value
                    order.append(member)
                }
            }
        }
        let found = steps == 1 ? order : kept.indices.filter { !kept[$0].isEmpty }
        return found.map { StepSeries(labels: series[$0].labels, values: kept[$0]) }
    }
}

/// A binary heap whose top is the value that goes first. Which of equal values stay follows from its moves, so they are those of
/// Go's heap.
private struct RankHeap {
    let isTop: Bool
    let limit: Int
    private var items: [(value: Double, member: Int)] = []

    init(isTop: Bool, limit: Int) {
        self.isTop = isTop
        self.limit = limit
    }

    private func goesBefore(_ left: Double, _ right: Double) -> Bool {
        left.isNaN || (isTop ? left < right : left > right)
    }

    mutating func offer(_ value: Double, _ member: Int) {
        if items.count == limit {
            let worst = items[0].value
            guard (isTop ? worst < value : worst > value) || worst.isNaN else { return }
            if limit == 1 {
                items[0] = (value, member)
                return
            }
            removeFirst()
        }
        items.append((value, member))
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard goesBefore(items[child].value, items[parent].value) else { break }
            items.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func removeFirst() {
        let last = items.count - 1
        items.swapAt(0, last)
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < last else { break }
            if child + 1 < last, goesBefore(items[child + 1].value, items[child].value) { child += 1 }
            guard goesBefore(items[child].value, items[parent].value) else { break }
            items.swapAt(parent, child)
            parent = child
        }
        items.removeLast()
    }

    /// The best first; those that are no number last.
    func ranked() -> [(value: Double, member: Int)] {
        items.sorted { left, right in
            if left.value.isNaN || right.value.isNaN { return !left.value.isNaN && right.value.isNaN }
            return isTop ? left.value > right.value : left.value < right.value
        }
    }
}
