/// Operators, by the kinds of their sides.
extension Evaluator {
    func combine(_ binary: Expression.BinaryOperation, _ grid: StepGrid) throws(PromQLError) -> Result {
        let (left, right) = (try evaluate(binary.left, grid), try evaluate(binary.right, grid))
        try hold(grid.count)
        switch (left, right) {
        case (.scalar(let left), .scalar(let right)):
            let operation = ScalarOperation(binary.operation)
            return .scalar((0..<grid.count).map { operation.number(left[$0], right[$0]) })
        case (.vector(let series), .scalar(let scalar)):
            return .vector(try withScalar(binary, series, scalar, isLeft: false))
        case (.scalar(let scalar), .vector(let series)):
            return .vector(try withScalar(binary, series, scalar, isLeft: true))
        case (.vector(let left), .vector(let right)):
            let match = VectorMatch(binary, left, right, grid.count)
            switch binary.operation {
            case .and: return .vector(match.intersection())
            case .unless: return .vector(match.difference())
            case .or: return .vector(try match.union())
            default:
                let series = try match.combined { samples throws(PromQLError) in
                    try checkInterrupt()
                    try hold(samples)
                }
                return .vector(series)
            }
        default: throw PromQLError.execution("strings cannot be combined")
        }
    }

    private func withScalar(
        _ binary: Expression.BinaryOperation, _ series: [StepSeries], _ scalar: [Double], isLeft: Bool
    ) throws(PromQLError) -> [StepSeries] {
        let operation = ScalarOperation(binary.operation)
        let dropsName = binary.operation.dropsName || binary.returnsBool
        var result: [StepSeries] = []
        result.reserveCapacity(series.count)
        for one in series {
            try checkInterrupt()
            var values = one.values
            for step in values.indices where !values[step].isAbsent {
                let value = values[step]
                let (mine, theirs) = isLeft ? (scalar[step], value) : (value, scalar[step])
                if operation.isComparison {
                    let holds = operation.number(mine, theirs) == 1
                    values[step] = binary.returnsBool ? (holds ? 1 : 0) : holds ? value : StepSeries.absent
                } else {
                    values[step] = operation.number(mine, theirs)
                }
            }
            result.append(StepSeries(labels: dropsName ? one.labels.withoutName : one.labels, values: values))
        }
        result = result.withoutEmpty()
        return dropsName ? try result.merged() : result
    }
}
