/// A series as it is at every step of a grid. Steps at which it has no value hold the staleness marker, which no computation
/// yields.
struct StepSeries {
    var labels: Labels
    var values: [Double]

    static let absent = StaleMarker.value

    /// No value at any step.
    static func nothing(_ count: Int) -> [Double] { [Double](repeating: absent, count: count) }

    var isEmpty: Bool { values.allSatisfy(\.isAbsent) }
}

extension Double {
    @inline(__always) var isAbsent: Bool { bitPattern == StaleMarker.bits }
}

extension [StepSeries] {
    /// With those of the same labels in one series.
    ///
    /// - Throws: `.execution` when two of them have a value at the same step.
    consuming func merged() throws(PromQLError) -> [StepSeries] {
        guard count > 1 else { return self }
        var places: [Labels: Int] = [:]
        places.reserveCapacity(count)
        var hasTwins = false
        for (index, series) in enumerated() {
            if places.updateValue(index, forKey: series.labels) != nil {
                hasTwins = true
                break
            }
        }
        guard hasTwins else { return self }
        places.removeAll(keepingCapacity: true)
        var result: [StepSeries] = []
        for series in self {
            guard let place = places[series.labels] else {
                places[series.labels] = result.count
                result.append(series)
                continue
            }
            for (step, value) in series.values.enumerated() where !value.isAbsent {
                guard result[place].values[step].isAbsent else { throw PromQLError.sameLabels }
                result[place].values[step] = value
            }
        }
        return result
    }

    /// - Throws: `.execution` when two have the same labels, whether or not they meet.
    func checkDistinct() throws(PromQLError) {
        guard count > 1 else { return }
        var seen: Set<Labels> = []
        for series in self where !seen.insert(series.labels).inserted { throw PromQLError.sameLabels }
    }

    /// Without those that have no value at any step.
    consuming func withoutEmpty() -> [StepSeries] { filter { !$0.isEmpty } }
}
