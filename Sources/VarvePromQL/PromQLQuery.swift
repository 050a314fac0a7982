/// A query that was read and checked.
///
///     let query = try PromQLQuery("sum by (job) (rate(requests_total[5m]))")
///     let now = try query.evaluate(at: time, over: source)
///     let panel = try query.evaluate(from: start, to: end, step: 15_000, over: source)
///
/// The language is that of Prometheus 2.42; `docs/promql.md` says what is left out.
public struct PromQLQuery: Sendable {
    public let text: String
    public let tree: Expression
    public let limits: PromQLLimits

    /// - Throws: `.syntax` with Prometheus' sentence and the place, `.unsupported` with the name of what is not supported.
    public init(_ text: String, limits: PromQLLimits = PromQLLimits()) throws(PromQLError) {
        tree = try Parser.parse(text, limits)
        try TypeCheck(text: Array(text.utf8)).check(tree)
        self.text = text
        self.limits = limits
    }

    /// The matchers of a selector alone, as `match[]` of the HTTP interface has it.
    public static func matchers(
        _ text: String, limits: PromQLLimits = PromQLLimits()
    ) throws(PromQLError) -> [LabelMatcher] {
        try Parser.selector(text, limits).matchers
    }

    /// Furthest moment from 1970 that is evaluated, in milliseconds: some 285,000 years. Sums of moments and ranges fit 64 bits.
    public static let timeMax: Int64 = 1 << 53

    /// What it is at one moment.
    ///
    /// - Parameters:
    ///   - time: Milliseconds since 1970.
    ///   - interrupt: Asked often; what it returns is thrown.
    public func evaluate(
        at time: Int64, over source: some SeriesSource, interrupt: @escaping () -> PromQLError? = { nil }
    ) throws(PromQLError) -> PromQLValue {
        try Self.check(time)
        let grid = StepGrid(start: time, step: 1, count: 1)
        let evaluator = Evaluator(source, limits, from: time, to: time, interrupt: interrupt)
        if tree.valueKind == .matrix { return .matrix(try evaluator.matrix(tree, grid)) }
        switch try evaluator.evaluate(tree, grid) {
        case .scalar(let values): return .scalar(time: time, values[0])
        case .string(let text): return .string(time: time, text)
        case .vector(let series):
            return .vector(
                time: time,
                series.compactMap { $0.values[0].isAbsent ? nil : .init(labels: $0.labels, value: $0.values[0]) })
        }
    }

    /// What it is from `start` to `end`, both included, every `step` milliseconds: a matrix.
    ///
    /// - Throws: `.execution` also for expressions that are no numbers at a moment; `.tooManySamples` for too many steps.
    public func evaluate(
        from start: Int64, to end: Int64, step: Int64, over source: some SeriesSource,
        interrupt: @escaping () -> PromQLError? = { nil }
    ) throws(PromQLError) -> PromQLValue {
        try Self.check(start)
        try Self.check(end)
        guard tree.valueKind == .vector || tree.valueKind == .scalar else {
            throw PromQLError(
                .syntax,
                "invalid expression type \(GoText.quoted(tree.valueKind.documented)) for range query, must be Scalar or "
                    + "instant Vector")
        }
        guard step > 0, step <= Self.timeMax, end >= start else {
            throw PromQLError(.execution, "a range ends behind its start and has a step above zero")
        }
        let count = (end - start) / step + 1
        guard count <= limits.stepsMax else {
            throw PromQLError(.tooManySamples, "the range has \(count) steps; at most \(limits.stepsMax) are evaluated")
        }
        let grid = StepGrid(start: start, step: step, count: Int(count))
        let evaluator = Evaluator(source, limits, from: start, to: end, interrupt: interrupt)
        switch try evaluator.evaluate(tree, grid) {
        case .scalar(let values):
            return .matrix([SampleSeries(.none, times: (0..<grid.count).map { grid.time($0) }, values: values)])
        case .string: throw Evaluator.unexpectedKind(tree)
        case .vector(let series):
            return .matrix(
                series.map { Self.samples($0, grid) }.filter { !$0.times.isEmpty }.sorted { $0.labels < $1.labels })
        }
    }

    private static func samples(_ series: StepSeries, _ grid: StepGrid) -> SampleSeries {
        var (times, values): ([Int64], [Double]) = ([], [])
        times.reserveCapacity(grid.count)
        values.reserveCapacity(grid.count)
        for (step, value) in series.values.enumerated() where !value.isAbsent {
            times.append(grid.time(step))
            values.append(value)
        }
        return SampleSeries(series.labels, times: times, values: values)
    }

    private static func check(_ time: Int64) throws(PromQLError) {
        guard time.magnitude <= UInt64(timeMax) else {
            throw PromQLError(.execution, "moments further than \(timeMax) milliseconds from 1970 are not evaluated")
        }
    }
}
