/// Evaluates a tree over a grid of moments: every selector is read once, and every node is computed once for all steps.
final class Evaluator {
    enum Result {
        case vector([StepSeries])
        /// A number for every step.
        case scalar([Double])
        case string(String)
    }

    let source: any SeriesSource
    let limits: PromQLLimits
    /// What `@ start()` and `@ end()` mean.
    let queryStart: Int64
    let queryEnd: Int64
    private let interrupt: () -> PromQLError?
    /// Samples in memory.
    private var held = 0
    /// Within a subquery that is fixed by `@` and still evaluated at several steps: where the samples end that are seen.
    var horizon: Int64?

    init(
        _ source: any SeriesSource, _ limits: PromQLLimits, from queryStart: Int64, to queryEnd: Int64,
        interrupt: @escaping () -> PromQLError?
    ) {
        self.source = source
        self.limits = limits
        self.queryStart = queryStart
        self.queryEnd = queryEnd
        self.interrupt = interrupt
    }

    // MARK: Limits

    /// Counts samples that come into memory.
    func hold(_ samples: Int) throws(PromQLError) {
        held += samples
        guard held <= limits.samplesMax else {
            throw PromQLError(
                .tooManySamples,
                "query processing would load too many samples into memory in query execution: more than \(limits.samplesMax)")
        }
    }

    func checkInterrupt() throws(PromQLError) {
        if let error = interrupt() { throw error }
    }

    // MARK: Nodes

    func evaluate(_ node: Expression, _ grid: StepGrid) throws(PromQLError) -> Result {
        try checkInterrupt()
        let before = held
        let result: Result
        if grid.count > 1, node.isStepInvariant {
            let one = try compute(node, grid.first)
            // Counted before there are as many of it as steps.
            if case .vector(let series) = one { try hold(series.count * grid.count) }
            result = spread(one, grid.count)
        } else {
            result = try compute(node, grid)
        }
        // What the parts of the node needed is gone.
        held = before
        switch result {
        case .vector(let series): try hold(series.count * grid.count)
        case .scalar: try hold(grid.count)
        case .string: break
        }
        return result
    }

    /// The same at every step.
    private func spread(_ result: Result, _ count: Int) -> Result {
        switch result {
        case .scalar(let values): .scalar([Double](repeating: values[0], count: count))
        case .vector(let series):
            .vector(
                series.map {
                    StepSeries(labels: $0.labels, values: [Double](repeating: $0.values[0], count: count))
                })
        case .string: result
        }
    }

    private func compute(_ node: Expression, _ grid: StepGrid) throws(PromQLError) -> Result {
        switch node.kind {
        case .number(let number): return .scalar([Double](repeating: number, count: grid.count))
        case .string(let text): return .string(text)
        case .paren(let inner), .positive(let inner): return try evaluate(inner, grid)
        case .negative(let inner): return try negated(evaluate(inner, grid))
        case .selector(let selector): return .vector(try instant(selector, grid))
        case .aggregate(let aggregation): return .vector(try aggregate(aggregation, grid))
        case .binary(let binary): return try combine(binary, grid)
        case .call(let function, let arguments): return try call(function, arguments, grid)
        case .range, .subquery: throw Self.unexpectedKind(node)
        }
    }

    /// Type checking leaves none of these.
    static func unexpectedKind(_ node: Expression) -> PromQLError {
        PromQLError(.execution, "an expression of type \(node.valueKind.documented) cannot stand here", range: node.range)
    }

    private func negated(_ result: Result) throws(PromQLError) -> Result {
        switch result {
        case .scalar(let values): return .scalar(values.map { -$0 })
        case .vector(var series):
            for index in series.indices {
                series[index].labels = series[index].labels.withoutName
                for step in series[index].values.indices where !series[index].values[step].isAbsent {
                    series[index].values[step] = -series[index].values[step]
                }
            }
            try series.checkDistinct()
            return .vector(series)
        case .string: return result
        }
    }

    // MARK: Kinds that type checking ensures

    func vector(_ node: Expression, _ grid: StepGrid) throws(PromQLError) -> [StepSeries] {
        guard case .vector(let series) = try evaluate(node, grid) else { throw Self.unexpectedKind(node) }
        return series
    }

    func scalar(_ node: Expression, _ grid: StepGrid) throws(PromQLError) -> [Double] {
        guard case .scalar(let values) = try evaluate(node, grid) else { throw Self.unexpectedKind(node) }
        return values
    }

    func string(_ node: Expression) throws(PromQLError) -> String {
        guard case .string(let text) = node.unwrapped.kind else { throw Self.unexpectedKind(node) }
        return text
    }
}
