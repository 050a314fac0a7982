// Actions: recorded before they are run and after. A command that was begun when the server died is not begun again, because
// nobody knows how far it came; a request is, under the same key.

internal import Logging
internal import VarveDisk
internal import VarveEvents
internal import VarveOutbound
internal import VarveWorkspace

actor ActionRunner {
    private let actions: [ActionSettings]
    private let addresses: AddressRules
    private let system: Workspace?
    private let logger: Logger
    private var log: ActionLog
    private var running: Set<ActionLog.Run> = []

    private let clock: @Sendable () -> Timestamp

    init(
        _ actions: [ActionSettings], _ addresses: AddressRules, system: Workspace?, log: ActionLog, logger: Logger,
        clock: @escaping @Sendable () -> Timestamp = { Timestamp(nanoseconds: wallClockNanoseconds()) }
    ) {
        (self.actions, self.addresses, self.system, self.log, self.logger) = (actions, addresses, system, log, logger)
        self.clock = clock
    }

    private nonisolated var now: Timestamp { clock() }

    /// Runs what the rules of firing alerts name, each once for each firing, one after the other. Returns the alerts whose action
    /// could not be run or failed, with who is to be told.
    func run(_ firing: [SaidChange], _ names: @Sendable (String) -> [String]) async -> [(SaidChange, [String])] {
        var told: [(SaidChange, [String])] = []
        for alert in firing {
            for name in names(alert.rule) {
                let run = ActionLog.Run(action: name, alertID: alert.alertID, at: alert.change.at.nanoseconds)
                guard running.insert(run).inserted else { continue }
                defer { running.remove(run) }
                guard let action = actions.first(where: { $0.name == name }) else {
                    if log.runs[run] == nil {
                        await record(ActionLog.suppressed, run, alert, [reason("there is no such action")])
                    }
                    continue
                }
                if await !once(action, run, alert) { told.append((alert, action.escalation)) }
            }
        }
        return told.filter { !$0.1.isEmpty }
    }

    /// Looks at whether what was run has helped: the alert is over, or it is not in time. Returns those that it did not help.
    func verify(_ firing: [SaidChange]) async -> [(SaidChange, [String])] {
        var told: [(SaidChange, [String])] = []
        let open = Dictionary(firing.map { ($0.alertID, $0) }, uniquingKeysWith: { first, _ in first })
        for (run, last) in log.runs where last.signal == ActionLog.succeeded {
            guard let action = actions.first(where: { $0.name == run.action }), let after = action.verifyAfter else { continue }
            if let alert = open[run.alertID], alert.change.at.nanoseconds == run.at {
                guard now.nanoseconds - last.at.nanoseconds >= after else { continue }
                await record(ActionLog.unhelpful, run, alert, [])
                told.append((alert, action.escalation))
            } else {
                let event = ActionLog.event(ActionLog.helped, run, rule: "", at: now)
                await append(event)
            }
        }
        return told.filter { !$0.1.isEmpty }
    }

    /// False where it failed.
    private func once(_ action: ActionSettings, _ run: ActionLog.Run, _ alert: SaidChange) async -> Bool {
        switch (log.runs[run]?.signal, action.kind) {
        case (nil, _): break
        case (ActionLog.intended, .webhook): break
        case (ActionLog.intended, .command):
            await record(ActionLog.failed, run, alert, [reason("the server ended while it was run; it is not run again")])
            return false
        default: return true
        }
        if log.runs[run] == nil {
            if let why = log.refusal(action, at: now) {
                await record(ActionLog.suppressed, run, alert, [reason(why)])
                return false
            }
            if action.isDry {
                await record(ActionLog.suppressed, run, alert, [reason("a dry run"), Attribute("dry_run", .bool(true))])
                return true
            }
            await record(ActionLog.intended, run, alert, [])
        }
        let (isDone, more) = await perform(action, run, alert)
        let later = Attribute("verified_later", .bool(action.verifyAfter != nil))
        await record(isDone ? ActionLog.succeeded : ActionLog.failed, run, alert, more + [later])
        return isDone
    }

    private func perform(
        _ action: ActionSettings, _ run: ActionLog.Run, _ alert: SaidChange
    ) async -> (Bool, [Attribute]) {
        let notice = AlertNotice(status: .firing, alerts: [alert], dashboard: nil)
        let body = MessageBodies.webhook(notice, receiver: action.name)
        switch action.kind {
        case .command(let words):
            let environment = [
                "VARVE_ACTION": action.name, "VARVE_ALERT": body, "VARVE_ALERT_ID": alert.alertID, "VARVE_RULE": alert.rule,
                "VARVE_SEVERITY": alert.severity.rawValue,
            ]
            let outcome = await CommandRun(words, timeoutSeconds: action.timeoutSeconds).run(environment: environment)
            var more = [Attribute("output", .string(outcome.output)), Attribute("seconds", .double(outcome.seconds))]
            switch outcome.end {
            case .code(let code): more.append(Attribute("exit_code", .int64(Int64(code))))
            case .signal(let number): more.append(reason("signal \(number) ended it"))
            case .timeout: more.append(reason("it ran longer than \(action.timeoutSeconds) s and was killed"))
            case .failed(let why): more.append(reason(why))
            }
            return (outcome.isSuccess, more)
        case .webhook(let url):
            var request = OutboundRequest(url: url, body: Array(body.utf8))
            request.timeoutSeconds = Int64(action.timeoutSeconds)
            request.headers = [
                ("Content-Type", Secret("application/json")),
                ("Idempotency-Key", Secret("\(run.action)|\(run.alertID)|\(run.at)")),
            ]
            if let key = action.key {
                let seconds = now.nanoseconds / 1_000_000_000
                let header = key.with { MessageSignature.header(request.body, key: $0, seconds: seconds) }
                request.headers.append(("Varve-Signature", Secret(header)))
            }
            switch await OutboundHTTP(addresses).send(request) {
            case .delivered: return (true, [])
            case .retry(_, let cause, let why), .refused(let cause, let why):
                return (false, [Attribute("cause", .string(cause.rawValue)), reason(why)])
            }
        }
    }

    private func reason(_ text: String) -> Attribute { Attribute("reason", .string(text)) }

    private func record(_ signal: String, _ run: ActionLog.Run, _ alert: SaidChange, _ more: [Attribute]) async {
        await append(ActionLog.event(signal, run, rule: alert.rule, at: now, more))
    }

    private func append(_ event: Event) async {
        log.add(event)
        do {
            try await system?.append([event])
        } catch {
            logger.error("an action could not be recorded", metadata: ["error": "\(error)"])
        }
    }
}
