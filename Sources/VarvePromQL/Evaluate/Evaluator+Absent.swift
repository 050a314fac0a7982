/// Series that are not there.
extension Evaluator {
    func absent(_ argument: Expression, _ grid: StepGrid) throws(PromQLError) -> [StepSeries] {
        Self.gaps(try vector(argument, grid), Self.labels(of: argument.unwrapped), grid)
    }

    func absentOverTime(_ argument: Expression, _ grid: StepGrid) throws(PromQLError) -> [StepSeries] {
        let ranged = try ranged(argument, grid)
        // Series that differ in their name alone count as one here.
        var isThere = [Bool](repeating: false, count: grid.count)
        for series in ranged.series {
            try checkInterrupt()
            series.times.withUnsafeBufferPointer { times in
                var (low, high) = (0, 0)
                for step in 0..<grid.count {
                    let end = ranged.ends.time(step)
                    high = times.firstIndex(after: end, from: high)
                    low = times.firstIndex(after: end &- ranged.range &- 1, from: low)
                    if low < high { isThere[step] = true }
                }
            }
        }
        let values = isThere.map { $0 ? StepSeries.absent : 1 }
        return [StepSeries(labels: Self.labels(of: argument.unwrapped), values: values)].withoutEmpty()
    }

    private static func gaps(_ series: [StepSeries], _ labels: Labels, _ grid: StepGrid) -> [StepSeries] {
        var values = [Double](repeating: 1, count: grid.count)
        for one in series {
            for step in values.indices where !one.values[step].isAbsent { values[step] = StepSeries.absent }
        }
        return [StepSeries(labels: labels, values: values)].withoutEmpty()
    }

    /// The labels that a selector fixes, each by one comparison.
    private static func labels(of argument: Expression) -> Labels {
        let matchers: [LabelMatcher]
        switch argument.kind {
        case .selector(let selector), .range(let selector, _): matchers = selector.matchers
        default: return .none
        }
        var labels = Labels.none
        var seen: Set<String> = []
        for matcher in matchers where matcher.name != Label.metricName {
            let isFixed = matcher.kind == .equal && seen.insert(matcher.name).inserted
            labels = labels.setting(matcher.name, to: isFixed ? matcher.value : "")
        }
        return labels
    }
}
