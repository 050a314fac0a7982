/// Quantiles of classic histograms: series with a label `le`.
enum BucketQuantiles {
    private struct Histogram {
        var labels: Labels
        /// By upper bound.
        var buckets: [(bound: Double, index: Int)] = []
    }

    /// - Parameter quantiles: For each step.
    static func of(_ series: [StepSeries], _ quantiles: [Double], _ steps: Int) throws(PromQLError) -> [StepSeries] {
        var places: [Labels: Int] = [:]
        var histograms: [Histogram] = []
        for (index, one) in series.enumerated() {
            // What has no bound is no bucket.
            guard let bound = GoText.double(one.labels["le"]) else { continue }
            let key = one.labels.removing(["le"])
            let place = places[key] ?? histograms.count
            if place == histograms.count {
                places[key] = place
                histograms.append(Histogram(labels: key.withoutName))
            }
            histograms[place].buckets.append((bound, index))
        }
        var result: [StepSeries] = []
        for histogram in histograms {
            let sorted = histogram.buckets.sorted { $0.bound < $1.bound }
            var values = StepSeries.nothing(steps)
            var buckets: [(bound: Double, count: Double)] = []
            for step in 0..<steps {
                buckets.removeAll(keepingCapacity: true)
                for (bound, index) in sorted {
                    let count = series[index].values[step]
                    if !count.isAbsent { buckets.append((bound, count)) }
                }
                if !buckets.isEmpty { values[step] = quantile(quantiles[step], buckets) }
            }
            result.append(StepSeries(labels: histogram.labels, values: values))
        }
        return try result.withoutEmpty().merged()
    }

    private static func quantile(_ quantile: Double, _ sorted: [(bound: Double, count: Double)]) -> Double {
        if quantile.isNaN { return .nan }
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        guard let last = sorted.last, last.bound == .infinity else { return .nan }
        // Equal bounds count as one, and no count is smaller than the one before it.
        var buckets: [(bound: Double, count: Double)] = []
        for bucket in sorted {
            if let before = buckets.last, before.bound == bucket.bound {
                buckets[buckets.count - 1].count += bucket.count
            } else {
                buckets.append(bucket)
            }
        }
        for index in buckets.indices.dropFirst() where buckets[index].count < buckets[index - 1].count {
            buckets[index].count = buckets[index - 1].count
        }
        guard buckets.count >= 2 else { return .nan }
        let all = buckets[buckets.count - 1].count
        guard all != 0 else { return .nan }
        var rank = quantile * all
        let found = buckets.dropLast().firstIndex { $0.count >= rank } ?? buckets.count - 1
        if found == buckets.count - 1 { return buckets[found - 1].bound }
        if found == 0, buckets[0].bound <= 0 { return buckets[0].bound }
        var (start, count) = (0.0, buckets[found].count)
        if found > 0 {
            start = buckets[found - 1].bound
            count -= buckets[found - 1].count
            rank -= buckets[found - 1].count
        }
        return start + (buckets[found].bound - start) * (rank / count)
    }
}
