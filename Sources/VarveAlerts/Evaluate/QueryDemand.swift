// The expressions of rules in Prometheus' shape. The engine says which it needs at which instants, whoever runs it asks them of
// the workspace's series, and the engine takes what they came to: so it still reads nothing itself.

internal import VarveEvents
internal import VarvePromQL
internal import VarveWorkspace

/// What an expression came to at one instant.
enum QueryReadings: Hashable, Sendable {
    case readings([AlertLabels: Reading])
    case failed(String)
}

/// Instants at which one rule's expression is needed.
struct QueryDemand: Sendable {
    /// The rule's place in the engine.
    var run: Int
    var rule: AlertRule
    /// Nanoseconds, ascending but for those of late events in front.
    var ticks: [Int64]
}

/// What a demand came to.
struct QueryAnswer: Sendable {
    var run: Int
    var readings: [Int64: QueryReadings] = [:]
}

extension QueryDemand {
    /// Steps of one query; longer demands are several.
    private static let stepsMax = 5_000

    /// Asks all, on a thread that may block.
    static func answers(_ demands: [QueryDemand], over workspace: Workspace) async throws -> [QueryAnswer] {
        guard !demands.isEmpty else { return [] }
        return try await workspace.evaluate { series throws(PromQLError) in
            let source = WholeBuckets(series: series)
            return demands.map { $0.answer(over: source) }
        }
    }

    func answer(over source: some SeriesSource) -> QueryAnswer {
        var answer = QueryAnswer(run: run)
        guard case .query(let condition) = rule.test else { return answer }
        var limits = PromQLLimits()
        limits.samplesMax = 10_000_000
        do throws(PromQLError) {
            let query = try PromQLQuery(condition.text, limits: limits)
            for ticks in stretches {
                do throws(PromQLError) {
                    try ask(query, ticks, source, &answer)
                } catch {
                    for tick in ticks { answer.readings[tick] = .failed(Self.sentence(error)) }
                }
            }
        } catch {
            for tick in ticks { answer.readings[tick] = .failed(Self.sentence(error)) }
        }
        return answer
    }

    private static func sentence(_ error: PromQLError) -> String {
        error.cause.map { "\(error.message): \($0)" } ?? error.message
    }

    /// Instants one step apart that one query answers.
    private var stretches: [[Int64]] {
        var all: [[Int64]] = []
        for tick in ticks.sorted() {
            if let last = all.last?.last, tick == last + rule.step, all[all.count - 1].count < Self.stepsMax {
                all[all.count - 1].append(tick)
            } else if all.last?.last != tick {
                all.append([tick])
            }
        }
        return all
    }

    private func ask(
        _ query: PromQLQuery, _ ticks: [Int64], _ source: some SeriesSource, _ answer: inout QueryAnswer
    ) throws(PromQLError) {
        guard let first = ticks.first, let last = ticks.last else { return }
        // The borders of a range are no borders of a single evaluation.
        if query.text.contains("start()") || query.text.contains("end()"), ticks.count > 1 {
            for tick in ticks { try ask(query, [tick], source, &answer) }
            return
        }
        let million: Int64 = 1_000_000
        let value = try query.evaluate(
            from: first / million, to: last / million, step: rule.step / million, over: source)
        guard case .matrix(let series) = value else { throw PromQLError(.execution, "the expression yields no series") }
        var found: [Int64: QueryReadings] = [:]
        for one in series { add(one, &found) }
        for tick in ticks { answer.readings[tick] = found[tick] ?? .readings([:]) }
    }

    private func add(_ series: SampleSeries, _ found: inout [Int64: QueryReadings]) {
        let constant = rule.labels.values.contains(where: AlertTemplate.hasValue) ? nil : labels(series.labels, nil)
        for (index, time) in series.times.enumerated() {
            let tick = time * 1_000_000
            let value = series.values[index]
            let labels = constant ?? labels(series.labels, value)
            switch found[tick] ?? .readings([:]) {
            case .failed: continue
            case .readings(var readings):
                guard readings[labels] == nil else {
                    found[tick] = .failed("vector contains metrics with the same labelset after applying alert labels")
                    continue
                }
                if readings.count >= SeriesReader.seriesMax { continue }
                found[tick] = nil
                readings[labels] = .value(value, threshold: threshold, holds: true)
                found[tick] = .readings(readings)
            }
        }
    }

    private var threshold: Double? { rule.test.threshold }

    /// The labels of the alert: those of the series without its name, and the rule's, which count where both have one.
    private func labels(_ series: Labels, _ value: Double?) -> AlertLabels {
        var pairs: [String: String] = [:]
        for label in series.pairs where label.name != Label.metricName { pairs[label.name] = label.value }
        var known = pairs
        if !series.metricName.isEmpty { known[Label.metricName] = series.metricName }
        for (name, text) in rule.labels {
            let text = AlertTemplate.render(text, known, value: value)
            pairs[name] = text.isEmpty ? nil : text
        }
        return AlertLabels(pairs.map { AlertLabels.Label(name: $0.key, value: $0.value) })
    }
}
