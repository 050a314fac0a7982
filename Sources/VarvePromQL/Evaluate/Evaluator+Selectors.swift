/// Reading series, and what they are at each moment.
extension Evaluator {
    /// The moments that a selector looks at, for those of `grid`.
    ///
    /// With `@` they begin at the fixed moment and go on with the grid's step, as Prometheus has it, which sees no samples
    /// behind that moment. Where all of an expression is fixed, its grid has one step; it is otherwise in
    /// `predict_linear(x[5m] @ 0, 1)`, which depends on the step.
    func moments(_ shift: TimeShift, _ grid: StepGrid) -> StepGrid {
        switch shift.moment {
        case nil: grid.moved(by: -shift.offset)
        case .at(let time): StepGrid(start: time &- shift.offset, step: grid.step, count: grid.count)
        case .start: StepGrid(start: queryStart &- shift.offset, step: grid.step, count: grid.count)
        case .end: StepGrid(start: queryEnd &- shift.offset, step: grid.step, count: grid.count)
        }
    }

    /// The last moment of which a selector or subquery sees something; nil for no such border.
    func border(_ shift: TimeShift, _ moments: StepGrid) -> Int64? {
        if shift.moment != nil { return moments.count > 1 ? moments.start : nil }
        return horizon.map { $0 &- shift.offset }
    }

    func select(
        _ matchers: [LabelMatcher], from: Int64, to: Int64, border: Int64? = nil
    ) throws(PromQLError) -> [SampleSeries] {
        try checkInterrupt()
        let end = min(to, border ?? to)
        // Nothing lies in a range that ends before it begins.
        guard from <= end else { return [] }
        var series: [SampleSeries]
        do {
            series = try source.select(matchers, from: from, to: end)
        } catch let error as PromQLError {
            throw error
        } catch {
            throw PromQLError(.source, "\(error)", cause: error)
        }
        try hold(series.reduce(0) { $0 + $1.times.count })
        if let border { series = series.map { Self.cut($0, behind: border) } }
        return series
    }

    private static func cut(_ series: SampleSeries, behind border: Int64) -> SampleSeries {
        let count = series.times.firstIndex { $0 > border } ?? series.times.count
        return SampleSeries(
            series.labels, times: Array(series.times.prefix(count)), values: Array(series.values.prefix(count)))
    }

    /// What the series of a selector are at each moment: the newest sample that is not older than the look-back.
    func instant(
        _ selector: Selector, _ grid: StepGrid, givesTimes: Bool = false
    ) throws(PromQLError) -> [StepSeries] {
        var shift = selector.shift
        let isFixed = shift.moment != nil
        // Prometheus' `timestamp(x @ 0 offset 1m)` looks at 0, and yet sees nothing behind -1m.
        if isFixed, givesTimes { shift.offset = 0 }
        let moments = moments(shift, isFixed ? grid.first : grid)
        let end = isFixed ? moments.start &- (givesTimes ? selector.shift.offset : 0) : border(shift, moments)
        let found = try select(
            selector.matchers, from: moments.start &- limits.lookback, to: moments.end, border: end)
        var result: [StepSeries] = []
        result.reserveCapacity(found.count)
        for series in found {
            try hold(grid.count)
            guard var values = newest(series, moments, givesTimes) else { continue }
            if values.count < grid.count { values = [Double](repeating: values[0], count: grid.count) }
            result.append(StepSeries(labels: series.labels, values: values))
        }
        return result
    }

    /// Nil when there is none at any moment.
    private func newest(_ series: SampleSeries, _ moments: StepGrid, _ givesTimes: Bool) -> [Double]? {
        var values = StepSeries.nothing(moments.count)
        var isEmpty = true
        // A sample that holds until the next is not seen at the moment of the next.
        let lookback = series.holds.map { $0 - 1 } ?? limits.lookback
        series.times.withUnsafeBufferPointer { times in
            series.values.withUnsafeBufferPointer { samples in
                var next = 0
                for step in 0..<moments.count {
                    let moment = moments.time(step)
                    next = times.firstIndex(after: moment, from: next)
                    guard next > 0, times[next - 1] >= moment &- lookback else { continue }
                    let value = samples[next - 1]
                    guard !StaleMarker.isStale(value) else { continue }
                    values[step] = givesTimes ? Double(times[next - 1]) / 1000 : value
                    isEmpty = false
                }
            }
        }
        return isEmpty ? nil : values
    }
}

extension UnsafeBufferPointer<Int64> {
    /// The first index from `start` on whose time lies after `moment`. Near ones are found in a few steps, far ones by
    /// strides that double.
    @inline(__always) func firstIndex(after moment: Int64, from start: Int) -> Int {
        var low = start
        var stride = 1
        while low < count, self[low] <= moment {
            if low + stride < count, self[low + stride] <= moment {
                low += stride
                stride *= 2
            } else if stride > 1 {
                stride /= 2
            } else {
                return low + 1
            }
        }
        return low
    }
}
