/// Functions, by what they take.
extension Evaluator {
    func call(_ function: Function, _ arguments: [Expression], _ grid: StepGrid) throws(PromQLError) -> Result {
        switch function {
        case .time: return .scalar((0..<grid.count).map { Double(grid.time($0)) / 1000 })
        case .pi: return .scalar([Double](repeating: .pi, count: grid.count))
        case .scalar: return .scalar(Self.single(try vector(arguments[0], grid), grid.count))
        case .vector: return .vector([StepSeries(labels: .none, values: try scalar(arguments[0], grid))])
        case .timestamp: return .vector(try timestamp(arguments[0], grid))
        case .absent: return .vector(try absent(arguments[0], grid))
        case .absentOverTime: return .vector(try absentOverTime(arguments[0], grid))
        case .labelReplace: return .vector(try labelReplace(arguments, grid))
        case .labelJoin: return .vector(try labelJoin(arguments, grid))
        case .histogramQuantile:
            let quantiles = try scalar(arguments[0], grid)
            return .vector(try BucketQuantiles.of(vector(arguments[1], grid), quantiles, grid.count))
        case .sort, .sortDescending:
            return .vector(Self.sorted(try vector(arguments[0], grid), descending: function == .sortDescending, grid))
        case .clamp, .clampMax, .clampMin, .round: return .vector(try bounded(function, arguments, grid))
        default: break
        }
        if let part = DatePart(function) { return .vector(try dates(part, arguments, grid)) }
        if let operation = function.operation {
            return .vector(try mapped(try vector(arguments[0], grid)) { _, value in operation(value) })
        }
        return .vector(try overRange(function, arguments, grid))
    }

    /// Applies `change` to every value. Names are dropped, so two series may become one.
    private func mapped(_ series: [StepSeries], _ change: (Int, Double) -> Double) throws(PromQLError) -> [StepSeries] {
        var series = series
        for index in series.indices {
            series[index].labels = series[index].labels.withoutName
            for step in series[index].values.indices where !series[index].values[step].isAbsent {
                series[index].values[step] = change(step, series[index].values[step])
            }
        }
        return try series.withoutEmpty().merged()
    }

    /// The value of the one series there is; no number where there are none or several.
    private static func single(_ series: [StepSeries], _ count: Int) -> [Double] {
        (0..<count).map { step in
            var value: Double?
            for one in series where !one.values[step].isAbsent {
                guard value == nil else { return .nan }
                value = one.values[step]
            }
            return value ?? .nan
        }
    }

    /// Of a selector the times of its samples, of anything else that of the evaluation.
    private func timestamp(_ argument: Expression, _ grid: StepGrid) throws(PromQLError) -> [StepSeries] {
        if case .selector(let selector) = argument.unwrapped.kind {
            return try mapped(instant(selector, grid, givesTimes: true)) { _, value in value }
        }
        return try mapped(vector(argument, grid)) { step, _ in Double(grid.time(step)) / 1000 }
    }

    private static func sorted(_ series: [StepSeries], descending: Bool, _ grid: StepGrid) -> [StepSeries] {
        guard grid.count == 1 else { return series }
        return series.sorted { left, right in
            let (mine, theirs) = (left.values[0], right.values[0])
            if mine.isNaN || theirs.isNaN { return !mine.isNaN && theirs.isNaN }
            return descending ? mine > theirs : mine < theirs
        }
    }

    private func bounded(
        _ function: Function, _ arguments: [Expression], _ grid: StepGrid
    ) throws(PromQLError) -> [StepSeries] {
        let series = try vector(arguments[0], grid)
        var numbers: [[Double]] = []
        for argument in arguments.dropFirst() { numbers.append(try scalar(argument, grid)) }
        switch function {
        case .clampMax: return try mapped(series) { step, value in Self.smaller(numbers[0][step], value) }
        case .clampMin: return try mapped(series) { step, value in Self.larger(numbers[0][step], value) }
        case .clamp:
            return try mapped(series) { step, value in
                let (low, high) = (numbers[0][step], numbers[1][step])
                return high < low ? StepSeries.absent : Self.larger(low, Self.smaller(high, value))
            }
        default:
            return try mapped(series) { step, value in
                // Dividing by the inverse loses fewer digits.
                let inverse = 1 / (numbers.first?[step] ?? 1)
                return (value * inverse + 0.5).rounded(.down) / inverse
            }
        }
    }

    /// As Go has them: no number wins, but for an infinity that nothing can pass.
    private static func smaller(_ left: Double, _ right: Double) -> Double {
        if left == -.infinity || right == -.infinity { return -.infinity }
        return left.isNaN || right.isNaN ? .nan : min(left, right)
    }

    private static func larger(_ left: Double, _ right: Double) -> Double {
        if left == .infinity || right == .infinity { return .infinity }
        return left.isNaN || right.isNaN ? .nan : max(left, right)
    }

    private func overRange(
        _ function: Function, _ arguments: [Expression], _ grid: StepGrid
    ) throws(PromQLError) -> [StepSeries] {
        switch function {
        case .quantileOverTime:
            let quantiles = try scalar(arguments[0], grid)
            return try fold(QuantileFold(quantiles: quantiles), ranged(arguments[1], grid), grid)
        case .predictLinear:
            let ahead = try scalar(arguments[1], grid)
            return try fold(RegressionFold(ahead: ahead), ranged(arguments[0], grid), grid)
        case .holtWinters:
            let (level, drift) = (try scalar(arguments[1], grid), try scalar(arguments[2], grid))
            let ranged = try ranged(arguments[0], grid)
            if !ranged.series.isEmpty {
                try Self.checkFactor(level, "smoothing factor", "sf")
                try Self.checkFactor(drift, "trend factor", "tf")
            }
            return try fold(SmoothingFold(smoothing: level, trend: drift), ranged, grid)
        default: break
        }
        let ranged = try ranged(arguments[0], grid)
        return switch function {
        case .rate: try fold(RateFold(isCounter: true, isPerSecond: true), ranged, grid)
        case .increase: try fold(RateFold(isCounter: true, isPerSecond: false), ranged, grid)
        case .delta: try fold(RateFold(isCounter: false, isPerSecond: false), ranged, grid)
        case .irate: try fold(LastTwoFold(isRate: true), ranged, grid)
        case .idelta: try fold(LastTwoFold(isRate: false), ranged, grid)
        case .deriv: try fold(RegressionFold(ahead: nil), ranged, grid)
        case .changes: try fold(CountingFold(countsResets: false), ranged, grid)
        case .resets: try fold(CountingFold(countsResets: true), ranged, grid)
        case .avgOverTime: try fold(AverageFold(), ranged, grid)
        case .sumOverTime: try fold(SumFold(), ranged, grid)
        case .countOverTime: try fold(CountFold(), ranged, grid)
        case .minOverTime: try fold(ExtremeFold(isLargest: false), ranged, grid)
        case .maxOverTime: try fold(ExtremeFold(isLargest: true), ranged, grid)
        case .stddevOverTime: try fold(SpreadFold(isRoot: true), ranged, grid)
        case .stdvarOverTime: try fold(SpreadFold(isRoot: false), ranged, grid)
        case .presentOverTime: try fold(PresentFold(), ranged, grid)
        case .lastOverTime: try fold(LastFold(), ranged, grid, keepsName: true)
        default: throw PromQLError(.unsupported, "function \(GoText.quoted(function.rawValue)) is not supported")
        }
    }

    private static func checkFactor(_ values: [Double], _ name: String, _ short: String) throws(PromQLError) {
        for value in values where value <= 0 || value >= 1 {
            throw .execution("invalid \(name). Expected: 0 < \(short) < 1, got: \(GoText.plain(value))")
        }
    }
}
