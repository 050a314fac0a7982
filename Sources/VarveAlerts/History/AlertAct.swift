public import VarveEvents
internal import VarveHash
internal import VarveProjections

/// What people do to rules and alerts, as the events that record it. Commands and the server append the same ones.
public enum AlertAct {
    /// Why an act is not one.
    public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Switches a rule on or off.
    public static func enable(_ rule: String, _ isEnabled: Bool, by: String, at time: Timestamp) -> Event {
        setting(rule, "enabled", isEnabled ? "true" : "false", by, time)
    }

    /// Gives a rule another threshold.
    public static func threshold(_ rule: String, _ number: Double, by: String, at time: Timestamp) -> Event {
        setting(rule, "threshold", NumberText.short(number), by, time)
    }

    /// Gives a rule another duration for which its condition must hold.
    ///
    /// - Parameter hold: In nanoseconds, of whole seconds.
    public static func hold(_ rule: String, _ hold: Int64, by: String, at time: Timestamp) -> Event {
        setting(rule, "for", RuleDuration.text(hold), by, time)
    }

    /// Gives a rule another severity.
    public static func severity(_ rule: String, _ severity: AlertSeverity, by: String, at time: Timestamp) -> Event {
        setting(rule, "severity", severity.rawValue, by, time)
    }

    private static func setting(_ rule: String, _ name: String, _ value: String, _ by: String, _ time: Timestamp) -> Event {
        Event(
            time: time, signal: AlertSignals.settings, user: by.isEmpty ? nil : by,
            attributes: [
                Attribute("key", .string("\(AlertSignals.settingPrefix)\(rule).\(name)")), Attribute("value", .string(value)),
            ])
    }

    /// Somebody takes an alert on: it is not said again or escalated until it is resolved.
    public static func acknowledge(
        _ id: String, in history: AlertHistory, by: String, comment: String, at time: Timestamp
    ) throws(Refusal) -> Event {
        _ = try open(id, history)
        return Event(
            time: time, signal: AlertSignals.acknowledged,
            attributes: [
                Attribute("alert_id", .string(id)), Attribute("by", .string(by)), Attribute("comment", .string(comment)),
                Attribute("engine", .string("varve")),
            ])
    }

    /// Somebody resolves an alert. It begins anew when its condition goes on to hold.
    public static func resolve(_ id: String, in history: AlertHistory, by: String, at time: Timestamp) throws(Refusal) -> Event {
        var last = try open(id, history)
        last.change.kind = .resolved
        last.change.at = max(time, last.change.at)
        last.resolvedBy = by.isEmpty ? "user" : by
        var event = last.event(count: 0)
        event.id = nil
        return event
    }

    /// The last that was said of an alert that is pending or fires.
    private static func open(_ id: String, _ history: AlertHistory) throws(Refusal) -> SaidChange {
        let own = history.said.filter { $0.key.alertID == id }.values.compactMap(\.last)
        guard let last = own.max(by: { $0.change.at < $1.change.at }) else {
            throw Refusal(description: "there is no alert '\(id)'")
        }
        guard AlertHistory.phase(last.change) != nil else { throw Refusal(description: "the alert '\(id)' is not open") }
        return last
    }

    /// Mutes alerts that match for a time.
    public static func silence(
        _ matchers: [FieldCondition], from: Timestamp, to: Timestamp, by: String, comment: String, at time: Timestamp
    ) throws(Refusal) -> (silence: Silence, event: Event) {
        guard !matchers.isEmpty else {
            throw Refusal(description: "a silence needs at least one condition, as rule=high_error_rate")
        }
        guard from < to else { throw Refusal(description: "a silence must end after it begins") }
        var silence = Silence(id: "", matchers: matchers, from: from, to: to, by: by, comment: comment)
        let text = "\(time.nanoseconds)|\(silence.matcherTexts.joined(separator: ","))|\(from.text)|\(to.text)|\(by)|\(comment)"
        silence.id = XXH3.hash64(text).zeroPadded(16, radix: 16)
        return (silence, silence.event(at: time))
    }

    /// Ends a silence now.
    public static func endSilence(_ id: String, in history: AlertHistory, by: String, at time: Timestamp) throws(Refusal) -> Event
    {
        guard let silence = history.silences.first(where: { $0.id == id }) else {
            throw Refusal(description: "there is no silence '\(id)'")
        }
        guard silence.to > time else { throw Refusal(description: "the silence '\(id)' has ended already") }
        return Event(
            time: time, signal: AlertSignals.silenceEnded,
            attributes: [
                Attribute("by", .string(by)), Attribute("engine", .string("varve")), Attribute("silence", .string(id)),
            ])
    }
}
