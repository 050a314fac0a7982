/// `rate`, `increase` and `delta`: the difference of a window's ends, extrapolated to its borders.
struct RateFold: WindowFold {
    /// Whether values that fall mean that a counter began anew.
    let isCounter: Bool
    let isPerSecond: Bool
    /// Where the counter fell, and what it had been before.
    private var resets: [(index: Int, before: Double)] = []
    private var firstReset = 0

    init(isCounter: Bool, isPerSecond: Bool) {
        self.isCounter = isCounter
        self.isPerSecond = isPerSecond
    }

    mutating func begin(_ samples: UnsafeBufferPointer<Double>) {
        guard isCounter, samples.count > 1 else { return }
        for index in 1..<samples.count where samples[index] < samples[index - 1] {
            resets.append((index, samples[index - 1]))
        }
    }

    mutating func value(of window: Window) -> Double {
        guard window.count >= 2 else { return StepSeries.absent }
        var result = window.last - window.first
        while firstReset < resets.count, resets[firstReset].index <= window.start { firstReset += 1 }
        var next = firstReset
        while next < resets.count, resets[next].index < window.start + window.count {
            result += resets[next].before
            next += 1
        }
        let (firstTime, lastTime) = (window.times[0], window.times[window.count - 1])
        var toStart = Double(firstTime - window.from) / 1000
        let toEnd = Double(window.to - lastTime) / 1000
        let sampled = Double(lastTime - firstTime) / 1000
        let between = sampled / Double(window.count - 1)
        if isCounter, result > 0, window.first >= 0 {
            // A counter is not extrapolated below zero.
            let toZero = sampled * (window.first / result)
            if toZero < toStart { toStart = toZero }
        }
        let threshold = between * 1.1
        var interval = sampled
        interval += toStart < threshold ? toStart : between / 2
        interval += toEnd < threshold ? toEnd : between / 2
        var factor = interval / sampled
        if isPerSecond { factor /= window.seconds }
        return result * factor
    }
}

/// `irate` and `idelta`: of the last two samples.
struct LastTwoFold: WindowFold {
    let isRate: Bool

    func value(of window: Window) -> Double {
        guard window.count >= 2 else { return StepSeries.absent }
        let (last, before) = (window.last, window.values[window.count - 2])
        let interval = window.times[window.count - 1] - window.times[window.count - 2]
        guard interval != 0 else { return StepSeries.absent }
        guard isRate else { return last - before }
        return (last < before ? last : last - before) / (Double(interval) / 1000)
    }
}

/// `resets` and `changes`: how often a value falls, or is another than the one before. Counted once for the whole series.
struct CountingFold: WindowFold {
    let countsResets: Bool
    /// Per sample how many there are up to it.
    private var counts: [Int] = []

    init(countsResets: Bool) { self.countsResets = countsResets }

    mutating func begin(_ samples: UnsafeBufferPointer<Double>) {
        counts = [0]
        counts.reserveCapacity(samples.count)
        guard samples.count > 1 else { return }
        for index in 1..<samples.count {
            let (now, before) = (samples[index], samples[index - 1])
            let isOne = countsResets ? now < before : now != before && !(now.isNaN && before.isNaN)
            counts.append(counts[index - 1] + (isOne ? 1 : 0))
        }
    }

    func value(of window: Window) -> Double {
        Double(counts[window.start + window.count - 1] - counts[window.start])
    }
}
