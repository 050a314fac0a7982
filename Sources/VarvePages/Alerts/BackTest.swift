internal import VarveAlerts
internal import VarveEvents
internal import VarveLog
internal import VarveViews

/// A rule over a range of the past, as it is set and as somebody tries it: what it would have said.
struct BackTest: Sendable {
    /// What a threshold and a duration come to.
    struct Trial: Sendable {
        var threshold: Double?
        var hold: Int64
        var summary: ReplaySummary
    }

    var episodes: [AlertEpisode]
    var tried: Trial
    /// As the rule is set; nil when that is what was tried.
    var saved: Trial?
    /// Other thresholds, each with other durations.
    var others: [[Trial]]
    var from: Timestamp
    var to: Timestamp
    var offset: UInt64
    var isDamaged: Bool

    /// Longer ranges are refused: every minute of it is evaluated.
    static let daysMax: Int64 = 31
    /// What is tried beside what was asked for.
    private static let factors = [0.5, 0.8, 1.0, 1.25, 2.0]
    private static let holds: [Int64] = [0, 120, 300, 900].map { $0 * 1_000_000_000 }

    /// Blocks.
    static func run(
        _ rule: AlertRule, tried: AlertRule, sweeps: Bool, _ views: RuleViews, from: Timestamp, to: Timestamp,
        below offset: UInt64,
        _ reader: LogReader
    ) throws -> BackTest {
        var asked = [named(tried, "tried")]
        let isSame = rule.conditionText == tried.conditionText
        if !isSame { asked.append(named(rule, "saved")) }
        let grid: [[AlertRule]] = sweeps ? variants(tried) : []
        asked += grid.flatMap { $0 }
        let result = try AlertReplay(reader).run(asked, views, from: from, to: to, upTo: Offset(offset))
        func trial(_ rule: AlertRule) -> Trial {
            var own = result
            own.episodes = result.episodes.filter { $0.rule.id == rule.id }
            return Trial(threshold: rule.test.threshold, hold: rule.hold, summary: own.summary)
        }
        return BackTest(
            episodes: result.episodes.filter { $0.rule.id == asked[0].id }, tried: trial(asked[0]),
            saved: isSame ? nil : trial(asked[1]), others: grid.map { $0.map(trial) }, from: result.from, to: result.to,
            offset: result.offset.value, isDamaged: !result.damaged.isEmpty)
    }

    private static func variants(_ rule: AlertRule) -> [[AlertRule]] {
        guard let threshold = rule.test.threshold else { return [] }
        let numbers = threshold == 0 ? [0] : factors.map { threshold * $0 }
        return numbers.enumerated().map { row, number in
            holds.map { hold in
                var variant = named(rule.with(threshold: number), "\(row).\(hold)")
                variant.hold = hold
                return variant
            }
        }
    }

    /// Rules of one evaluation have ids of their own.
    private static func named(_ rule: AlertRule, _ suffix: String) -> AlertRule {
        var rule = rule
        rule.id += " " + suffix
        rule.isEnabled = true
        return rule
    }
}

extension AlertRule {
    /// The same rule with another number, where it compares with one.
    func with(threshold: Double) -> AlertRule {
        var rule = self
        rule.test = test.with(threshold: threshold)
        return rule
    }
}
