/// Where the values of a chart lie: from 0, or below where there are such, in whole steps of 1, 2, 2.5 or 5 × 10ⁿ.
struct ValueAxis: Sendable {
    let bottom: Double
    let top: Double
    let ticks: [Double]

    init(_ values: [Double], height: Double, unit: ChartUnit) {
        // Of numbers near the greatest and the least that there are, the difference and its steps are none.
        let finite = values.filter { $0.isFinite }.map { min(1e300, max(-1e300, $0)) }
        let least = min(0, finite.min() ?? 0)
        var greatest = max(0, finite.max() ?? 0)
        if greatest - least < 1e-300 { greatest = least + (unit == .fraction ? 0.01 : 1) }
        let step = Self.step(greatest - least, unit)
        var bottom = (least / step).rounded(.down)
        var top = (greatest / step).rounded(.up)
        if top == bottom { top += 1 }
        // Rounding of a value that lies on a step must not open another one.
        if (top - 1) * step >= greatest { top -= 1 }
        if (bottom + 1) * step <= least { bottom += 1 }
        let count = max(1, min(8, Int((top - bottom).rounded())))
        self.bottom = bottom * step
        self.top = top * step
        ticks = (0...count).map { (bottom + Double($0)) * step }
        self.height = height
    }

    private let height: Double

    /// Pixels from the top of the plot.
    func y(_ value: Double) -> Double {
        let share = (value - bottom) / (top - bottom)
        return ((1 - min(1.05, max(-0.05, share))) * height * 10).rounded() / 10
    }

    /// The smallest that gives at most four steps. Lengths of time past a second step as clocks do.
    private static func step(_ span: Double, _ unit: ChartUnit) -> Double {
        let seconds: Double? =
            switch unit {
            case .milliseconds where span > 60_000: 1_000
            case .seconds where span > 60: 1
            default: nil
            }
        if let seconds {
            let rounds: [Double] = [
                15, 20, 30, 60, 120, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400,
            ]
            if let step = rounds.first(where: { span <= 4.000_001 * $0 * seconds }) { return step * seconds }
        }
        var power = 1.0
        while power > span { power /= 10 }
        while power * 10 <= span { power *= 10 }
        for factor in [0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10] where span <= 4.000_001 * factor * power {
            if unit == .count, factor * power < 1 { continue }
            return factor * power
        }
        return power * 10
    }
}
