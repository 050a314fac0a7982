/// Puts changes together to episodes.
public struct AlertEpisodes: Sendable {
    private struct Key: Hashable {
        var rule: String
        var labels: AlertLabels
    }

    private var open: [Key: Int] = [:]
    /// In the order in which they began.
    public private(set) var all: [AlertEpisode] = []

    public init() {}

    public mutating func add(_ output: AlertOutput) {
        let key = Key(rule: output.rule.id, labels: output.labels)
        let change = output.change
        switch change.kind {
        case .pending: begin(key, output)
        case .firing:
            if open[key] == nil { begin(key, output) }
            update(key) { $0.firingAt = change.at }
        case .cancelled, .resolved:
            update(key) {
                $0.resolvedAt = change.at
                $0.peak = change.peak
            }
            open[key] = nil
        case .noData, .dataBack: break
        }
    }

    /// What is still open at the end: its worst value so far.
    public mutating func close(_ alerts: [(rule: AlertRule, labels: AlertLabels, machine: AlertMachine)]) {
        for alert in alerts {
            update(Key(rule: alert.rule.id, labels: alert.labels)) { $0.peak = alert.machine.peak }
        }
    }

    private mutating func begin(_ key: Key, _ output: AlertOutput) {
        open[key] = all.count
        all.append(
            AlertEpisode(
                rule: output.rule, labels: output.labels, pendingAt: output.change.pendingAt, peak: output.change.peak,
                threshold: output.change.threshold))
    }

    private mutating func update(_ key: Key, _ body: (inout AlertEpisode) -> Void) {
        guard let place = open[key] else { return }
        body(&all[place])
    }
}
