internal import VarveEvents
internal import VarveWire

/// Which rules are evaluated, as recorded: a server that starts again goes on with those, and begins others anew.
struct EvaluatedRules: Sendable {
    /// `id@version`.
    var rules: Set<String>
    /// The evaluation that was their first.
    var since: Timestamp
}

extension AlertRule {
    /// What the record calls it.
    var evaluated: String { "\(id)@\(version)" }
}

extension AlertHistory {
    static func looksAt(_ signal: String) -> Bool {
        signal.hasPrefix(AlertSignals.prefix) || signal == AlertSignals.settings || signal == AlertSignals.thresholds
    }

    static func evaluatingEvent(_ names: [String], since: Timestamp) -> Event {
        Event(
            time: since, signal: AlertSignals.evaluating,
            attributes: [
                Attribute("engine", .string("varve")), Attribute("rules", .json(JSONLine.array(names.map(JSONLine.string)))),
            ])
    }

    /// Alerts that are pending or fire, as they were said last.
    var open: [SaidChange] { said.values.compactMap(\.last).filter { Self.phase($0.change) != nil } }

    static func isFiring(_ change: AlertChange) -> Bool {
        if case .firing? = phase(change) { true } else { false }
    }

    /// The critical rule of the same metric and labels that fires, where `alert` is of its warning rule.
    func inhibitor(of alert: SaidChange) -> String? {
        guard alert.rule.hasSuffix(":warning") else { return nil }
        let critical = String(alert.rule.dropLast("warning".count)) + "critical"
        return open.contains { $0.rule == critical && $0.labels == alert.labels && Self.isFiring($0.change) } ? critical : nil
    }
}
