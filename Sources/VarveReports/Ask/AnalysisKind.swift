internal import VarveAnalysis
internal import VarveEvents
internal import VarveProjections
internal import VarveViews

/// The analyses by the words of the command `varve analyze` and of `GET /api/v1/analyze/{what}`.
public enum AnalysisKind: String, CaseIterable, Sendable {
    case anomalies, trends, forecast, capacity, changes, compare, periods, errors, degradation, creators, quiet, patterns
    case flapping, journeys, clusters, costs, precursors, profile

    /// The parameters that it knows besides view, column, by, bucket, where, from, to, at and name.
    public var options: Set<String> {
        switch self {
        case .anomalies: ["sensitivity"]
        case .trends: ["level"]
        case .forecast: ["horizon", "level", "season"]
        case .capacity: ["limit", "horizon", "level"]
        case .changes, .errors: []
        case .compare: ["group", "level"]
        case .periods: ["period", "kind", "polarity"]
        case .degradation: ["recent", "polarity"]
        case .creators, .quiet: ["signal", "hours", "top"]
        case .patterns: ["signal"]
        case .flapping: ["signal", "state"]
        case .journeys: ["steps"]
        case .clusters: ["signal", "feature", "groups"]
        case .costs: ["price", "currency"]
        case .precursors: ["target", "horizon"]
        case .profile: ["top"]
        }
    }

    /// The answer of this analysis. Blocks.
    public func answer(_ question: AnalysisQuestion, _ rows: AnalysisRows) throws -> AnalysisAnswer {
        switch self {
        case .errors: return try ErrorAnalysis(rows, question).answer()
        case .degradation: return try ChannelAnswers.degradation(rows, question)
        case .creators: return try BehaviourAnswers.creators(rows, question)
        case .quiet: return try BehaviourAnswers.quiet(rows, question)
        case .patterns: return try PatternAnswers.patterns(rows, question)
        case .flapping: return try PatternAnswers.flapping(rows, question)
        case .journeys: return try BehaviourAnswers.journeys(rows, question)
        case .clusters: return try BehaviourAnswers.clusters(rows, question)
        case .costs: return try CostAnswers.costs(rows, question)
        case .precursors: return try PatternAnswers.precursors(rows, question)
        case .profile: return try CostAnswers.profile(rows, question)
        case .compare where question.by.count != 1: throw AnalysisError(.usage, "give one dimension: by NAME")
        case .anomalies, .trends, .forecast, .capacity, .changes, .compare: return try answer(question, rows.series(question))
        case .periods: return try periods(question, rows)
        }
    }

    /// The answer of an analysis of series that are at hand.
    public func answer(_ question: AnalysisQuestion, _ all: [NamedSeries]) throws -> AnalysisAnswer {
        switch self {
        case .anomalies: return SeriesAnswers.anomalies(all, try question.choice("sensitivity", AnomalySensitivity.normal))
        case .trends: return SeriesAnswers.trends(all, level: try question.level())
        case .changes: return SeriesAnswers.changes(all)
        case .compare: return try SeriesAnswers.compare(all, groups: question.list("group"), level: try question.level())
        case .forecast:
            let season = question.text("season") == nil ? nil : try question.number("season", 2, in: 2...100_000)
            let horizon = try question.number("horizon", 24, in: 1...Forecast.longestHorizon)
            return SeriesAnswers.forecast(
                all, horizon: horizon, level: try question.level(), season: season, explains: question.text("explain") != nil)
        case .capacity:
            guard let limit = Double(try question.need("limit")), limit.isFinite else {
                throw AnalysisError(.usage, "limit must be a number")
            }
            let horizon = try question.number("horizon", 720, in: 1...Forecast.longestHorizon)
            return SeriesAnswers.capacity(all, limit: limit, horizon: horizon, level: try question.level())
        default: throw AnalysisError(.usage, "\(rawValue) needs a data directory")
        }
    }

    private func periods(_ question: AnalysisQuestion, _ rows: AnalysisRows) throws -> AnalysisAnswer {
        let lengths: [String: Int64] = ["day": 1, "week": 7, "month": 30]
        let name = question.text("period") ?? "week"
        guard let days = lengths[name] else { throw AnalysisError(.usage, "period must be day, week or month") }
        var asked = question
        if asked.bucket == nil { asked.bucket = days == 1 ? .hour : .day }
        let (all, answer) = try rows.answeredSeries(asked)
        guard let column = asked.column, let last = all.compactMap(\.points.last?.time).max(),
            let step = answer.bucket?.nanoseconds
        else { throw AnalysisError(.failure, "there are no rows") }
        let isCount = answer.columns.first { $0.name == column }?.kind == .integer
        let kind = try asked.choice("kind", isCount ? PeriodChange.Kind.sum : .mean)
        let polarity = try asked.choice("polarity", Polarities.of(answer.view, column))
        return SeriesAnswers.periods(
            all, period: days * 86_400_000_000_000, end: asked.to ?? last.moved(step), kind: kind,
            polarity: polarity)
    }
}
