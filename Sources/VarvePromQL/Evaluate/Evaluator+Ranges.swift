/// Ranges: windows over samples that move with the steps.
extension Evaluator {
    /// The samples of a range or subquery, and the moments at which its windows end.
    struct Ranged {
        var series: [SampleSeries]
        var ends: StepGrid
        /// Milliseconds.
        var range: Int64
    }

    func ranged(_ node: Expression, _ grid: StepGrid) throws(PromQLError) -> Ranged {
        switch node.unwrapped.kind {
        case .range(let selector, let range):
            let ends = moments(selector.shift, grid)
            let series = try select(
                selector.matchers, from: ends.start &- range, to: ends.end, border: border(selector.shift, ends))
            return Ranged(series: series.map(Self.withoutMarkers), ends: ends, range: range)
        case .subquery(let subquery):
            let ends = moments(subquery.shift, grid)
            let outer = horizon
            defer { horizon = outer }
            horizon = border(subquery.shift, ends)
            return Ranged(series: try samples(subquery, ends), ends: ends, range: subquery.range)
        default: throw Self.unexpectedKind(node)
        }
    }

    /// In a window a staleness marker is no sample.
    private static func withoutMarkers(_ series: SampleSeries) -> SampleSeries {
        guard series.values.contains(where: StaleMarker.isStale) else { return series }
        let kept = series.values.indices.filter { !StaleMarker.isStale(series.values[$0]) }
        return SampleSeries(series.labels, times: kept.map { series.times[$0] }, values: kept.map { series.values[$0] })
    }

    /// A subquery's results at multiples of its step.
    private func samples(_ subquery: Expression.Subquery, _ ends: StepGrid) throws(PromQLError) -> [SampleSeries] {
        let step = subquery.step ?? limits.subqueryStep
        let earliest = ends.start &- subquery.range
        var start = step * (earliest / step)
        if start < earliest { start += step }
        guard start <= ends.end else { return [] }
        let count = (ends.end &- start) / step + 1
        guard count <= limits.stepsMax else {
            throw PromQLError(.tooManySamples, "a subquery has \(count) steps; at most \(limits.stepsMax) are evaluated")
        }
        let inner = StepGrid(start: start, step: step, count: Int(count))
        return try vector(subquery.operand, inner).map { series in
            let present = series.values.indices.filter { !series.values[$0].isAbsent }
            return SampleSeries(
                series.labels, times: present.map { inner.time($0) }, values: present.map { series.values[$0] })
        }
    }

    /// Samples as they are: what a range or subquery is at one moment.
    func matrix(_ node: Expression, _ grid: StepGrid) throws(PromQLError) -> [SampleSeries] {
        let ranged = try ranged(node, grid)
        let (from, to) = (ranged.ends.start &- ranged.range, ranged.ends.start)
        return ranged.series.compactMap { series in
            let inside = series.times.indices.filter { series.times[$0] >= from && series.times[$0] <= to }
            if inside.isEmpty { return nil }
            return SampleSeries(
                series.labels, times: inside.map { series.times[$0] }, values: inside.map { series.values[$0] })
        }
    }

    /// After so many samples of windows, which lie upon each other, the caller is asked whether to go on.
    private static let samplesBetween = 1 << 20

    /// Applies `fold` to every window of every series. Windows are closed at both ends.
    func fold<Fold: WindowFold>(
        _ fold: Fold, _ ranged: Ranged, _ grid: StepGrid, keepsName: Bool = false
    ) throws(PromQLError) -> [StepSeries] {
        var result: [StepSeries] = []
        result.reserveCapacity(ranged.series.count)
        for series in ranged.series {
            try checkInterrupt()
            try hold(grid.count)
            var fold = fold
            var values = StepSeries.nothing(grid.count)
            var isEmpty = true
            var stopped: PromQLError?
            var looked = 0
            series.times.withUnsafeBufferPointer { times in
                series.values.withUnsafeBufferPointer { samples in
                    guard let timeBase = times.baseAddress, let sampleBase = samples.baseAddress else { return }
                    fold.begin(samples)
                    var (low, high) = (0, 0)
                    for step in 0..<grid.count {
                        let end = ranged.ends.time(step)
                        high = times.firstIndex(after: end, from: high)
                        low = times.firstIndex(after: end &- ranged.range &- 1, from: low)
                        guard low < high else { continue }
                        looked += high - low
                        if looked > Self.samplesBetween {
                            looked = 0
                            do throws(PromQLError) { try checkInterrupt() } catch {
                                stopped = error
                                return
                            }
                        }
                        let window = Window(
                            times: timeBase + low, values: sampleBase + low, count: high - low, start: low,
                            from: end &- ranged.range, to: end, step: step, evaluation: grid.time(step))
                        let value = fold.value(of: window)
                        if !value.isAbsent {
                            values[step] = value
                            isEmpty = false
                        }
                    }
                }
            }
            if let stopped { throw stopped }
            guard !isEmpty else { continue }
            result.append(StepSeries(labels: keepsName ? series.labels : series.labels.withoutName, values: values))
        }
        try result.checkDistinct()
        return result
    }
}
