internal import Logging
internal import ServiceLifecycle
internal import Synchronization
internal import UnixSignals
internal import VarveDisk
internal import VarveEvents
internal import VarveWorkspace

/// Reads the configuration again at SIGHUP. A configuration that is wrong changes nothing.
struct Reloading: Service {
    let state: ServerState
    let logger: Logger

    func run() async throws {
        guard let load = state.options.reload else { return try await gracefulShutdown() }
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            state.manager.reloading()
            do {
                // All that can fail comes first: a wrong certificate changes no setting either.
                let next = try load()
                let certificate = try state.certificate?.next()
                await apply(next)
                if let certificate { state.certificate?.take(certificate) }
                await state.tenants.reload()
                state.reloads.withLock { $0 = ($0.generation + 1, nil) }
            } catch {
                state.reloads.withLock { $0.refusal = "\(error)" }
                logger.error("the configuration is not taken", metadata: ["error": "\(error)"])
            }
            state.manager.ready("serving")
        }
    }

    /// Takes new settings, and appends what has changed to the log.
    private func apply(_ next: LiveSettings) async {
        let changes = state.live.changes(to: next)
        state.setLive(next)
        guard let workspace = state.workspace, !changes.isEmpty else { return }
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        let events = changes.map { change in
            var event = Event(time: now, signal: "config.changed")
            event.component = "varve"
            event.attributes = [
                Attribute("key", .string(change.key)), Attribute("value", .string(change.to)),
                Attribute("previous", .string(change.from)),
            ]
            return event
        }
        do {
            try await workspace.append(events)
            for change in changes {
                var record = AuditRecord(.settings, by: "varve")
                record.via = "server"
                record.target = change.key
                record.detail = "\(change.from) → \(change.to)"
                try await state.audit.write(record)
            }
        } catch {
            logger.error("changed settings could not be written to the log", metadata: ["error": "\(error)"])
        }
    }
}
