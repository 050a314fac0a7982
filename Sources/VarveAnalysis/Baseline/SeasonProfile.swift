/// The usual value of each bin of a season: a moving average per bin that is robust to outliers.
struct SeasonProfile {
    private var levels: [Float]
    private var counts: [UInt8]
    /// The weight of the newest value once a bin has seen many.
    private let rate: Float

    init(bins: Int, rate: Double) {
        levels = Array(repeating: 0, count: bins)
        counts = Array(repeating: 0, count: bins)
        self.rate = Float(rate)
    }

    /// The usual value of `bin`; nil until it has seen `least` values.
    func level(_ bin: Int, least: UInt8) -> Double? {
        counts[bin] >= least ? Double(levels[bin]) : nil
    }

    /// Adds `value`, clamped to within `limit` of the usual value.
    mutating func update(_ bin: Int, _ value: Double, limit: Double) {
        let count = counts[bin]
        if count == 0 {
            levels[bin] = Float(value)
        } else {
            let step = (value - Double(levels[bin])).clamped(to: limit)
            levels[bin] += Float(step) * max(1 / Float(Int(count) + 1), rate)
        }
        if count < .max { counts[bin] = count + 1 }
    }
}

extension Double {
    /// The value clamped to −limit … limit.
    func clamped(to limit: Double) -> Double { min(max(self, -limit), limit) }
}
