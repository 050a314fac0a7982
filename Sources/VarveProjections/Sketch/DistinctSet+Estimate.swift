extension DistinctSet {
    /// The number of distinct values: exact, or HyperLogLog's estimate (O. Ertl's improved estimator, which needs no bias
    /// table) rounded to an integer. It depends only on how often each register value occurs, so order does not matter.
    var estimate: Int64 {
        if registers.isEmpty { return Int64(count) }
        var histogram = [Int](repeating: 0, count: 52)
        for value in registers { histogram[Int(value)] += 1 }
        let size = Double(Self.registerCount)
        var sum = size * Self.tau(1 - Double(histogram[51]) / size)
        for value in stride(from: 50, through: 1, by: -1) { sum = 0.5 * (sum + Double(histogram[value])) }
        sum += size * Self.sigma(Double(histogram[0]) / size)
        let halfOverLn2 = 0.721_347_520_444_481_7
        let estimate = halfOverLn2 * size * size / sum
        // Registers from damaged bytes can give any estimate.
        return max(Int64(exactly: estimate.rounded()) ?? .max, Int64(Self.exactLimit) + 1)
    }

    private static func sigma(_ share: Double) -> Double {
        if share >= 1 { return .infinity }
        var power = share
        var weight = 1.0
        var sum = share
        while true {
            power *= power
            let next = sum + power * weight
            if next == sum { return sum }
            sum = next
            weight += weight
        }
    }

    private static func tau(_ share: Double) -> Double {
        if share <= 0 || share >= 1 { return 0 }
        var root = share
        var weight = 1.0
        var sum = 1 - share
        while true {
            root = root.squareRoot()
            weight *= 0.5
            let next = sum - (1 - root) * (1 - root) * weight
            if next == sum { return sum / 3 }
            sum = next
        }
    }
}
