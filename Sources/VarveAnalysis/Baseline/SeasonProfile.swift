/// What is usual in each bin of a season: an average per bin that forgets, and that one outlier moves little.
struct SeasonProfile {
    private var levels: [Float]
    private var counts: [UInt8]
    /// How much of the newest value a bin takes once it has seen many.
    private let rate: Float

    init(bins: Int, rate: Double) {
        levels = Array(repeating: 0, count: bins)
        counts = Array(repeating: 0, count: bins)
        self.rate = Float(rate)
    }

    /// What is usual in `bin`; nil until it has seen `least` values.
    func level(_ bin: Int, least: UInt8) -> Double? {
        counts[bin] >= least ? Double(levels[bin]) : nil
    }

    /// Takes `value` in, no further away from what is usual than `limit`.
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
    /// The nearest number that is at most `limit` away from zero.
    func clamped(to limit: Double) -> Double { min(max(self, -limit), limit) }
}
