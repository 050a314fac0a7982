internal import VarvePromQL

/// All series that were met, each with a number. Labels are symbols here, so that a series is found again by a few numbers.
struct SeriesTable {
    private var symbols: [Label: Int32] = [:]
    private var names: [Label] = []
    private var numbers: [[Int32]: Int32] = [:]
    /// By number.
    private(set) var labels: [Labels] = []
    private(set) var byName: [String: [Int32]] = [:]
    /// Per number its place in order of labels; made when it is asked for.
    private var ranks: [Int32] = []

    var count: Int { labels.count }

    mutating func symbol(_ name: String, _ value: String) -> Int32 {
        let label = Label(name, value)
        if let known = symbols[label] { return known }
        let number = Int32(truncatingIfNeeded: names.count)
        symbols[label] = number
        names.append(label)
        return number
    }

    /// - Parameter key: Symbols, sorted.
    mutating func series(_ key: [Int32]) -> Int32 {
        if let known = numbers[key] { return known }
        let number = Int32(truncatingIfNeeded: labels.count)
        let made = Labels(key.map { names[Int($0)] })
        numbers[key] = number
        labels.append(made)
        byName[made.metricName, default: []].append(number)
        return number
    }

    mutating func rank() -> [Int32] {
        if ranks.count != labels.count {
            ranks = [Int32](repeating: 0, count: labels.count)
            for (place, number) in labels.indices.sorted(by: { labels[$0] < labels[$1] }).enumerated() {
                ranks[number] = Int32(truncatingIfNeeded: place)
            }
        }
        return ranks
    }

    /// The numbers of the series that all matchers match, in order of labels.
    mutating func matching(_ matchers: [LabelMatcher]) -> [Int32] {
        let rest = matchers.filter { !($0.name == Label.metricName && $0.kind == .equal) }
        let fixed = matchers.first { $0.name == Label.metricName && $0.kind == .equal }
        let candidates = fixed.map { byName[$0.value] ?? [] } ?? (0..<labels.count).map { Int32(truncatingIfNeeded: $0) }
        // Each value of a label is matched once.
        var known = rest.map { _ in [String: Bool]() }
        let found = candidates.filter { number in
            let labels = labels[Int(number)]
            for (index, matcher) in rest.enumerated() {
                let value = labels[matcher.name]
                if let answer = known[index][value] {
                    if !answer { return false }
                    continue
                }
                let answer = matcher.matches(value)
                known[index][value] = answer
                if !answer { return false }
            }
            return fixed.map { $0.matches(labels.metricName) } ?? true
        }
        let ranks = rank()
        return found.sorted { ranks[Int($0)] < ranks[Int($1)] }
    }
}
