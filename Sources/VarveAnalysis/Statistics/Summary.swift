/// Plain statistics of a list of numbers. An empty list gives 0, unless said otherwise.
enum Summary {
    static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    /// The sample standard deviation; 0 of fewer than two values.
    static func deviation(_ values: [Double]) -> Double {
        guard values.count > 1 else { return 0 }
        let mean = mean(values)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }

    /// The quantile `p`, linear between neighbouring ranks (the default of numpy: Hyndman and Fan's seventh definition, *Sample
    /// Quantiles in Statistical Packages*, 1996). Nil of an empty list.
    static func quantile(_ values: [Double], _ p: Double) -> Double? {
        guard let last = values.indices.last else { return nil }
        let sorted = values.sorted()
        let place = min(1, max(0, p)) * Double(last)
        let left = Int(place.rounded(.down))
        let right = min(last, left + 1)
        return sorted[left] + (sorted[right] - sorted[left]) * (place - Double(left))
    }

    static func median(_ values: [Double]) -> Double { quantile(values, 0.5) ?? 0 }
}
