/// Aggregations. Which group a series belongs to is found once.
extension Evaluator {
    func aggregate(_ aggregation: Expression.Aggregation, _ grid: StepGrid) throws(PromQLError) -> [StepSeries] {
        var parameter: [Double] = []
        var label = ""
        if let node = aggregation.parameter {
            if aggregation.operation == .countValues {
                label = try string(node)
                guard Label.isValidName(label) else { throw .execution("invalid label name \(GoText.quoted(label))") }
            } else {
                parameter = try scalar(node, grid)
            }
        }
        let series = try vector(aggregation.operand, grid)
        if aggregation.operation == .countValues { return try countValues(series, aggregation, label, grid.count) }
        let groups = Groups(series, aggregation)
        switch aggregation.operation {
        case .topk, .bottomk:
            let isTop = aggregation.operation == .topk
            return try Ranking(isTop: isTop).best(series, groups, parameter, grid.count)
        case .quantile:
            return groups.all.map { group in
                StepSeries(
                    labels: group.labels,
                    values: (0..<grid.count).map { step in
                        let values = group.members.map { series[$0].values[step] }.filter { !$0.isAbsent }
                        return values.isEmpty ? StepSeries.absent : Quantile.of(values, parameter[step])
                    })
            }
        default:
            return try groups.all.map { group throws(PromQLError) in
                try checkInterrupt()
                try hold(grid.count)
                var totals = GroupTotals(aggregation.operation, grid.count)
                for member in group.members { totals.add(series[member].values) }
                return StepSeries(labels: group.labels, values: totals.finish())
            }
        }
    }

    /// One series for each value that occurs, which becomes a label.
    private func countValues(
        _ series: [StepSeries], _ aggregation: Expression.Aggregation, _ label: String, _ count: Int
    ) throws(PromQLError) -> [StepSeries] {
        var places: [Labels: Int] = [:]
        var result: [StepSeries] = []
        var grouping = aggregation
        if !aggregation.isWithout { grouping.grouping.append(label) }
        for one in series {
            try checkInterrupt()
            var last: (bits: UInt64, place: Int)?
            for (step, value) in one.values.enumerated() where !value.isAbsent {
                let place: Int
                if let last, last.bits == value.bitPattern {
                    place = last.place
                } else {
                    let key = Groups.key(one.labels.setting(label, to: GoText.plain(value)), grouping)
                    if let known = places[key] {
                        place = known
                    } else {
                        try hold(count)
                        place = result.count
                        places[key] = place
                        result.append(StepSeries(labels: key, values: StepSeries.nothing(count)))
                    }
                    last = (value.bitPattern, place)
                }
                let before = result[place].values[step]
                result[place].values[step] = before.isAbsent ? 1 : before + 1
            }
        }
        return result
    }
}

/// The groups of a vector, in the order of their first series.
struct Groups {
    struct Group {
        var labels: Labels
        /// Indices of series.
        var members: [Int]
    }

    private(set) var all: [Group] = []

    init(_ series: [StepSeries], _ aggregation: Expression.Aggregation) {
        if !aggregation.isWithout, aggregation.grouping.isEmpty {
            if !series.isEmpty { all = [Group(labels: .none, members: Array(series.indices))] }
            return
        }
        var places: [Labels: Int] = [:]
        for (index, one) in series.enumerated() {
            let key = Self.key(one.labels, aggregation)
            if let place = places[key] {
                all[place].members.append(index)
            } else {
                places[key] = all.count
                all.append(Group(labels: key, members: [index]))
            }
        }
    }

    static func key(_ labels: Labels, _ aggregation: Expression.Aggregation) -> Labels {
        aggregation.isWithout
            ? labels.removing(aggregation.grouping + [Label.metricName]) : labels.keeping(aggregation.grouping)
    }
}
