/// Two vectors, and which series of one belong to which of the other. Signatures are made once for each series; only values are
/// looked at step by step.
struct VectorMatch {
    private let binary: Expression.BinaryOperation
    private let left: [StepSeries]
    private let right: [StepSeries]
    private let count: Int
    /// Per series the number of its signature; equal ones match.
    private let leftSides: [Int]
    private let rightSides: [Int]
    private let signatures: Int

    init(_ binary: Expression.BinaryOperation, _ left: [StepSeries], _ right: [StepSeries], _ count: Int) {
        self.binary = binary
        self.left = left
        self.right = right
        self.count = count
        let matching = binary.matching
        let ignored = matching.labels + [Label.metricName]
        var numbers: [Labels: Int] = [:]
        func side(_ series: [StepSeries]) -> [Int] {
            series.map { one in
                let signature = matching.isOn ? one.labels.keeping(matching.labels) : one.labels.removing(ignored)
                if let known = numbers[signature] { return known }
                numbers[signature] = numbers.count
                return numbers.count - 1
            }
        }
        leftSides = side(left)
        rightSides = side(right)
        signatures = numbers.count
    }

    // MARK: Sets

    /// Per signature the steps at which some series has a value.
    private func presence(_ series: [StepSeries], _ sides: [Int]) -> [[Bool]?] {
        var presence = [[Bool]?](repeating: nil, count: signatures)
        for (one, side) in zip(series, sides) {
            var steps = presence[side] ?? [Bool](repeating: false, count: count)
            presence[side] = nil
            for step in 0..<count where !one.values[step].isAbsent { steps[step] = true }
            presence[side] = steps
        }
        return presence
    }

    /// Those of `series` where, step by step, there is something in `others`, or there is nothing.
    private func filtered(
        _ series: [StepSeries], _ sides: [Int], by others: [[Bool]?], keepsPresent: Bool
    ) -> [StepSeries] {
        var result: [StepSeries] = []
        for (one, side) in zip(series, sides) {
            guard let steps = others[side] else {
                if !keepsPresent { result.append(one) }
                continue
            }
            var kept = one
            for step in 0..<count where steps[step] != keepsPresent { kept.values[step] = StepSeries.absent }
            if !kept.isEmpty { result.append(kept) }
        }
        return result
    }

    func intersection() -> [StepSeries] {
        filtered(left, leftSides, by: presence(right, rightSides), keepsPresent: true)
    }

    func difference() -> [StepSeries] {
        filtered(left, leftSides, by: presence(right, rightSides), keepsPresent: false)
    }

    func union() throws(PromQLError) -> [StepSeries] {
        let added = filtered(right, rightSides, by: presence(left, leftSides), keepsPresent: false)
        return try (left + added).merged()
    }

    // MARK: Arithmetic and comparison

    /// - Parameter take: Called for each pair, with the samples that its result needs anew: of series that are there at other
    ///   times many may belong to one, and with labels of both sides each pair is a series of its own.
    func combined(_ take: (Int) throws(PromQLError) -> Void) throws(PromQLError) -> [StepSeries] {
        let isSwapped = binary.matching.cardinality == .oneToMany
        let (many, manySides) = isSwapped ? (right, rightSides) : (left, leftSides)
        let (one, oneSides) = isSwapped ? (left, leftSides) : (right, rightSides)
        if many.isEmpty || one.isEmpty { return [] }
        var partners = [[Int]](repeating: [], count: signatures)
        for (index, side) in oneSides.enumerated() { partners[side].append(index) }
        try checkOneSide(one, partners, many, isSwapped)
        var results = ResultSeries(binary, count, signatures)
        for (index, side) in manySides.enumerated() {
            for partner in partners[side] {
                try take(results.add(many[index], one[partner], side: side, isSwapped: isSwapped) ? count : 0)
            }
        }
        return try results.series.withoutEmpty().merged()
    }

    /// Where both vectors have values, a signature may have one value on the one side.
    private func checkOneSide(
        _ one: [StepSeries], _ partners: [[Int]], _ many: [StepSeries], _ isSwapped: Bool
    ) throws(PromQLError) {
        guard partners.contains(where: { $0.count > 1 }) else { return }
        var manyIsThere = [Bool](repeating: false, count: count)
        for series in many {
            for step in 0..<count where !series.values[step].isAbsent { manyIsThere[step] = true }
        }
        for indices in partners where indices.count > 1 {
            var first = [Int?](repeating: nil, count: count)
            for index in indices {
                for step in 0..<count where manyIsThere[step] && !one[index].values[step].isAbsent {
                    guard let other = first[step] else {
                        first[step] = index
                        continue
                    }
                    throw duplicate(one[index].labels, one[other].labels, isSwapped ? "left" : "right")
                }
            }
        }
    }

    private func duplicate(_ labels: Labels, _ other: Labels, _ side: String) -> PromQLError {
        let matching = binary.matching
        let group = matching.isOn ? labels.keeping(matching.labels) : labels.removing(matching.labels + [Label.metricName])
        return .execution(
            "found duplicate series for the match group \(group) on the \(side) hand-side of the operation: "
                + "[\(labels), \(other)];many-to-many matching not allowed: matching labels must be unique on one side")
    }
}
