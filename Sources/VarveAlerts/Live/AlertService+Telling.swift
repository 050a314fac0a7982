internal import VarveEvents

// From what was said to who is told.
extension AlertService {
    /// Tells of changes: to the channels of their rules and routes.
    func tell(_ notifier: Notifier, _ changes: [SaidChange]) async {
        let time = now
        var routed: [SaidChange] = []
        for change in changes where !change.isRetraction {
            guard let status = AlertNotice.status(change.change.kind) else { continue }
            var own = change
            let named = options.delivery.routing.decision(change, at: time).channels
            own.channels = await notifier.channels(change, status, named)
            routed.append(own)
        }
        let notices = AlertNotice.all(routed, dashboard: options.delivery.dashboard)
        guard !notices.isEmpty else { return }
        await notifier.tell(notices, suppression: suppression(await alerts.said, time))
    }

    /// Why somebody is not told: a silence, or another alert that says it already.
    private func suppression(_ history: AlertHistory, _ time: Timestamp) -> @Sendable (SaidChange) -> String? {
        let firing = history.open.filter { AlertHistory.isFiring($0.change) }
        let routing = options.delivery.routing
        return { alert in
            if let silence = history.silence(of: alert, at: time) { return "silence \(silence.id)" }
            let inhibitor = history.inhibitor(of: alert) ?? routing.inhibitor(of: alert, among: firing)
            return inhibitor.map { "\($0) fires too" }
        }
    }

    /// Tells the next channels of alerts that nobody has taken on for long enough.
    func escalate(_ firing: [SaidChange], _ notifier: Notifier) async {
        let time = now
        let history = await alerts.said
        let steps = Dictionary(await alerts.allRules.map { ($0.id, $0.escalation) }, uniquingKeysWith: { first, _ in first })
        for alert in firing where history.acknowledged[alert.alertID] == nil {
            let decision = options.delivery.routing.decision(alert, at: time, steps[alert.rule] ?? [])
            let waited = time.nanoseconds - alert.change.at.nanoseconds
            for step in decision.escalation where waited >= step.after {
                var notice = AlertNotice(status: .firing, alerts: [alert], dashboard: options.delivery.dashboard)
                notice.waited = step.after
                await notifier.escalate(notice, to: step.channels, suppression: suppression(history, time))
            }
        }
    }

    /// Runs the actions of what fires, beside the evaluation, which they must not hold up. Who is silenced is not acted on.
    func act(_ runner: ActionRunner, _ notifier: Notifier) async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: .seconds(1))
            let (history, time) = (await alerts.said, now)
            let quiet = suppression(history, time)
            let firing = history.open.filter { AlertHistory.isFiring($0.change) }.map(\.asFiring)
            let named = Dictionary(await alerts.allRules.map { ($0.id, $0.actions) }, uniquingKeysWith: { first, _ in first })
            var failed = await runner.run(firing.filter { quiet($0) == nil }) { named[$0] ?? [] }
            failed += await runner.verify(firing)
            for (alert, channels) in failed {
                var notice = AlertNotice(status: .firing, alerts: [alert], dashboard: options.delivery.dashboard)
                notice.note = "its action did not help"
                await notifier.escalate(notice, to: channels, suppression: quiet)
            }
        }
    }
}
