/// The straight line that fits a window best.
struct RegressionFold: WindowFold {
    /// For each step, how many seconds after the evaluation the line is asked for; nil for its slope.
    let ahead: [Double]?

    func value(of window: Window) -> Double {
        guard window.count >= 2 else { return StepSeries.absent }
        guard let ahead else { return line(window, at: window.times[0]).slope }
        let (slope, intercept) = line(window, at: window.evaluation)
        return slope * ahead[window.step] + intercept
    }

    private func line(_ window: Window, at origin: Int64) -> (slope: Double, intercept: Double) {
        var (sumX, sumY, sumXY, sumXX) = (CompensatedSum(), CompensatedSum(), CompensatedSum(), CompensatedSum())
        var isConstant = true
        for index in 0..<window.count {
            let y = window.values[index]
            if isConstant, index > 0, y != window.first { isConstant = false }
            let x = Double(window.times[index] - origin) / 1000
            sumX.add(x)
            sumY.add(y)
            sumXY.add(x * y)
            sumXX.add(x * x)
        }
        if isConstant { return window.first.isInfinite ? (.nan, .nan) : (0, window.first) }
        let count = Double(window.count)
        let (x, y) = (sumX.total, sumY.total)
        let slope = (sumXY.total - x * y / count) / (sumXX.total - x * x / count)
        return (slope, y / count - slope * x / count)
    }
}

/// Double exponential smoothing.
struct SmoothingFold: WindowFold {
    /// For each step; both between 0 and 1.
    let smoothing: [Double]
    let trend: [Double]

    func value(of window: Window) -> Double {
        guard window.count >= 2 else { return StepSeries.absent }
        let (level, drift) = (smoothing[window.step], trend[window.step])
        var before = 0.0
        var now = window.first
        var slope = window.values[1] - window.first
        for index in 1..<window.count {
            if index > 1 { slope = drift * (now - before) + (1 - drift) * slope }
            let next = level * window.values[index] + (1 - level) * (now + slope)
            before = now
            now = next
        }
        return now
    }
}
