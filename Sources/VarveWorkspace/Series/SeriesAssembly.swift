internal import VarvePromQL

/// Puts the samples of series together that lie in several blocks.
struct SeriesAssembly {
    private let numbers: [Int32]
    private let labels: [Labels]
    private let range: ClosedRange<Int64>

    init(_ numbers: [Int32], _ labels: [Labels], _ range: ClosedRange<Int64>) {
        self.numbers = numbers
        self.labels = labels
        self.range = range
    }

    /// The labels of those that have a sample in the range.
    func labels(in blocks: [SeriesBlock]) -> [Labels] {
        let parts = parts(blocks)
        return labels.indices.filter { !parts[$0].isEmpty }.map { labels[$0] }
    }

    func series(of blocks: [SeriesBlock]) -> [SampleSeries] {
        let parts = parts(blocks)
        return labels.indices.compactMap { slot in
            parts[slot].isEmpty ? nil : joined(parts[slot], blocks, labels[slot])
        }
    }

    /// Per series the stretches that it has in blocks, those within the range alone.
    private func parts(_ blocks: [SeriesBlock]) -> [[(block: Int, range: Range<Int>)]] {
        guard let last = numbers.max() else { return [] }
        var slots = [Int32](repeating: -1, count: Int(last) + 1)
        for (slot, number) in numbers.enumerated() { slots[Int(number)] = Int32(truncatingIfNeeded: slot) }
        var parts = [[(block: Int, range: Range<Int>)]](repeating: [], count: numbers.count)
        for (index, block) in blocks.enumerated() {
            for (place, number) in block.numbers.enumerated() where Int(number) < slots.count && slots[Int(number)] >= 0 {
                let whole = block.starts[place]..<block.starts[place + 1]
                let inside = Self.inside(whole, block.times, range)
                if !inside.isEmpty { parts[Int(slots[Int(number)])].append((index, inside)) }
            }
        }
        return parts
    }

    private static func inside(_ whole: Range<Int>, _ times: [Int64], _ range: ClosedRange<Int64>) -> Range<Int> {
        func first(_ isBehind: (Int64) -> Bool) -> Int {
            var (low, high) = (whole.lowerBound, whole.upperBound)
            while low < high {
                let middle = (low + high) / 2
                if isBehind(times[middle]) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        let start = first { $0 >= range.lowerBound }
        return start..<max(start, first { $0 > range.upperBound })
    }

    private func joined(_ parts: [(block: Int, range: Range<Int>)], _ blocks: [SeriesBlock], _ labels: Labels) -> SampleSeries {
        let count = parts.reduce(0) { $0 + $1.range.count }
        var (times, values): ([Int64], [Double]) = ([], [])
        times.reserveCapacity(count)
        values.reserveCapacity(count)
        var isOrdered = true
        for (block, range) in parts {
            if let before = times.last, blocks[block].times[range.lowerBound] <= before { isOrdered = false }
            times += blocks[block].times[range]
            values += blocks[block].values[range]
        }
        guard !isOrdered else { return SampleSeries(labels, times: times, values: values) }
        // Late samples: of two of one moment the earlier one in the log counts.
        let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
        var kept: [Int] = []
        for index in order where kept.last.map({ times[$0] != times[index] }) ?? true { kept.append(index) }
        return SampleSeries(labels, times: kept.map { times[$0] }, values: kept.map { values[$0] })
    }
}
