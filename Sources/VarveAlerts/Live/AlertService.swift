public import Logging
public import ServiceLifecycle
internal import VarveDisk
internal import VarveEvents
internal import VarveLog
internal import VarveOutbound
public import VarveWorkspace

/// Evaluates the rules of a data directory as long as it runs, and tells of what changes.
///
///     let service = AlertService(workspace, options, logger: logger)
///     try await ServiceGroup(services: [service], logger: logger).run()
public struct AlertService: Service {
    let alerts: LiveAlerts
    private let workspace: Workspace
    let options: AlertOptions
    private let logger: Logger
    /// The system's log, where somebody else holds it open.
    private let heldSystem: Workspace?
    private let onBegin: @Sendable (LiveAlerts) -> Void

    /// - Parameters:
    ///   - system: The open log of `DIR/system`; nil opens it, and closes it at the end.
    ///   - onBegin: Is called once, when the rules and the log were read: then alerts can be asked for.
    public init(
        _ workspace: Workspace, _ options: AlertOptions, system: Workspace? = nil, logger: Logger,
        onBegin: @escaping @Sendable (LiveAlerts) -> Void = { _ in }
    ) {
        heldSystem = system
        self.onBegin = onBegin
        self.workspace = workspace
        self.options = options
        self.logger = logger
        alerts = LiveAlerts(workspace, viewFolders: options.viewFolders)
    }

    var now: Timestamp { Timestamp(nanoseconds: wallClockNanoseconds()) }

    /// Returns when it is asked to stop. What was not delivered then is delivered after the next start.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await follow() }
        } catch let error as WorkspaceError where error.code == .cancelled {
            // Asked to stop before it had begun.
        }
    }

    private func follow() async throws {
        let opened = heldSystem == nil ? try? await Workspace.open(at: AlertPaths.system(workspace.path)) : nil
        let system = heldSystem ?? opened
        if system == nil {
            logger.error(
                "what is notified cannot be recorded: the system's log cannot be opened", metadata: ["path": "\(workspace.path)"])
        }
        let log = try await system?.runQuestion { [reader = system?.reader] in
            try reader.map { try NotificationLog.read($0) } ?? NotificationLog()
        }
        let actionLog = try await system?.runQuestion { [reader = system?.reader] in try reader.map { try ActionLog.read($0) } }
        let runner = ActionRunner(
            options.actions, options.delivery.addresses, system: system, log: (actionLog ?? nil) ?? ActionLog(), logger: logger)
        let notifier = Notifier(options.delivery, system: system, log: log ?? NotificationLog(), logger: logger)
        do {
            let first = try await alerts.append(try await alerts.begin(at: now - .seconds(options.settleSeconds)))
            onBegin(alerts)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await notifier.run() }
                group.addTask { try await subscribe() }
                group.addTask { try await tick(notifier) }
                if !options.actions.isEmpty { group.addTask { try await act(runner, notifier) } }
                if let system {
                    let care = SystemLogRetention(system: system, days: options.systemDays, logger: logger)
                    group.addTask { try await care.run() }
                }
                await tell(notifier, await undelivered() + first)
                await keepIncidents()
                try await group.next()
                group.cancelAll()
            }
        } catch is CancellationError {
        } catch {
            logger.error("alerting has ended", metadata: ["error": "\(error)"])
        }
        notifier.stop()
        try? await opened?.close()
    }

    /// What was said within a day: what of it was delivered is known by the system's log.
    private func undelivered() async -> [SaidChange] {
        let history = await alerts.said
        return history.said(after: now - .seconds(86_400))
    }

    /// Takes events as they come.
    private func subscribe() async throws {
        for try await step in workspace.feed.subscribe(from: await alerts.following) {
            switch step {
            case .events(let block): await alerts.take(block)
            case .lagged, .gap: continue
            case .stopping: return
            }
        }
    }

    /// Evaluates behind the end of each step of a rule. Files of rules are read again every minute; what is set of rules holds at
    /// once.
    private func tick(_ notifier: Notifier) async throws {
        var last = await alerts.lastEvaluation ?? now - .seconds(options.settleSeconds)
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(100))
            let at = now - .seconds(options.settleSeconds)
            let tick = await alerts.floor(at)
            let isDue = tick > last
            let isMinute = isDue && tick.nanoseconds / RuleSource.minute > last.nanoseconds / RuleSource.minute
            if isDue { try await catchUp() }
            var hasSaid = false
            if await alerts.takeIsSet() || isMinute { hasSaid = try await say(notifier) { try await alerts.reload(at: at) } }
            guard isDue else { continue }
            last = tick
            if try await say(notifier, { try await alerts.evaluate(at: at) }) { hasSaid = true }
            if hasSaid || isMinute { await keepIncidents() }
            guard isMinute else { continue }
            let firing = await alerts.said.open.filter { AlertHistory.isFiring($0.change) }.map(\.asFiring)
            await notifier.again(AlertNotice.all(firing, dashboard: options.delivery.dashboard))
            await escalate(firing, notifier)
            await beat()
        }
    }

    /// Waits until what is durable now was taken, for at most ten seconds.
    private func catchUp() async throws {
        guard let durable = try? await workspace.durable() else { return }
        for _ in 0..<500 where await alerts.following < durable { try await Task.sleep(for: .milliseconds(20)) }
    }

    /// Appends what has changed and tells of it. Returns whether something has.
    private func say(_ notifier: Notifier, _ body: () async throws -> [SaidChange]) async throws -> Bool {
        do {
            let changes = try await alerts.append(try await body())
            await tell(notifier, changes)
            return !changes.isEmpty
        } catch let error as WorkspaceError where error.code != .cancelled {
            logger.error("rules could not be evaluated", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func keepIncidents() async {
        do {
            try await alerts.keepIncidents(options.incidents, since: now - .seconds(86_400), at: now)
        } catch {
            if error.code != .cancelled { logger.error("incidents could not be recorded", metadata: ["error": "\(error)"]) }
        }
    }

    /// Says to who waits for it that rules are evaluated.
    private func beat() async {
        guard let heartbeat = options.delivery.heartbeat else { return }
        let outcome = await OutboundHTTP(options.delivery.addresses).send(OutboundRequest(url: heartbeat, body: []))
        if outcome != .delivered { logger.warning("the heartbeat was not taken", metadata: ["outcome": "\(outcome)"]) }
    }
}
