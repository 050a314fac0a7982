internal import VarveProjections
internal import VarvePromQL

/// The condition of a rule in Prometheus' shape: an expression, every series of whose result is an alert.
public struct RuleQuery: Hashable, Sendable {
    public var text: String
    /// The number that the expression compares with, where that is the last that it does; for people.
    public var threshold: Double?
    public var isWorseAbove = true

    init(_ query: PromQLQuery) {
        text = query.text
        var node = query.tree
        while case .paren(let inner) = node.kind { node = inner }
        guard case .binary(let binary) = node.kind, case .number(let number) = binary.right.kind else { return }
        switch binary.operation {
        case .greater, .greaterOrEqual: (threshold, isWorseAbove) = (number, true)
        case .less, .lessOrEqual: (threshold, isWorseAbove) = (number, false)
        case .equal, .notEqual: threshold = number
        default: return
        }
    }

    /// All that decides when it fires, and under which labels.
    func conditionText(_ rule: AlertRule) -> String {
        var text = "\(text) every \(RuleDuration.text(rule.source.step))"
        if rule.hold > 0 { text += ", for \(RuleDuration.text(rule.hold))" }
        if rule.keep > 0 { text += ", kept for \(RuleDuration.text(rule.keep))" }
        let labels = rule.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\(GoText.quoted($0.value))" }
        return labels.isEmpty ? text : text + ", labels " + labels.joined(separator: " ")
    }
}

extension AlertRule {
    /// Whether it is one in Prometheus' shape.
    var isQuery: Bool { if case .query = test { true } else { false } }

    // MARK: How it is evaluated

    /// Nanoseconds from one evaluation to the next.
    var step: Int64 { source.step }

    func isDue(_ tick: Int64) -> Bool { tick % step == 0 }

    /// So many past evaluations are done again when late events change what they saw: those of a quarter of an hour, or three of
    /// an hour's, or two of a day's.
    var horizonTicks: Int64 {
        if isQuery || source.bucket == .minute { return max(2, 900_000_000_000 / step) }
        return source.bucket == .hour ? 3 : 2
    }

    var horizon: Int64 { horizonTicks * step }

    /// How long before the first evaluation others must be looked at to know what counts evaluations.
    var warmth: Int64 { max(keep, Int64(matches?.of ?? 0) * step) }
}
