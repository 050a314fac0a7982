internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import Synchronization
internal import VarveCatalog
internal import VarveDisk
internal import VarveEvents
internal import VarveIngest
internal import VarveLog
internal import VarveProjections
internal import VarveViews
internal import VarveWire
internal import VarveWorkspace

/// Retention and compaction while the server runs, each by its own clock.
struct Maintenance: Service {
    let state: ServerState
    let logger: Logger
    /// Seconds after the start before the first run.
    var firstSeconds = 60.0

    private struct Job {
        var name: String
        var every: @Sendable (LiveSettings) -> Int?
        var body: @Sendable (Workspace, LiveSettings) async throws -> String
        var act: AuditAct
        var last = ContinuousClock().now
        var isFirst = true
    }

    private var jobs: [Job] {
        [
            Job(name: "retain", every: { $0.retainEvery }, body: retain, act: .retention),
            Job(name: "compact", every: { $0.compactEvery }, body: compact, act: .compaction),
        ]
    }

    /// One job at once, because somebody asked.
    func now(_ name: String, _ tenant: Tenant) async throws -> String {
        guard let job = jobs.first(where: { $0.name == name }) else { return "" }
        return try await state.maintaining.take { try await job.body(tenant.workspace, tenant.live(state.live)) }
    }

    /// One after the other: both change sealed segments.
    func run() async throws {
        var jobs = jobs
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            for index in jobs.indices {
                let job = jobs[index]
                let pause = job.isFirst ? firstSeconds : Double(job.every(state.live) ?? 0)
                let left = pause - (ContinuousClock().now - job.last) / .seconds(1)
                guard job.every(state.live) != nil else {
                    state.maintenance.change(job.name) { $0.next = nil }
                    continue
                }
                state.maintenance.change(job.name) { $0.next = Date().addingTimeInterval(max(0, left)) }
                guard left <= 0, case .ready(let home) = state.now else { continue }
                await once(job, home)
                await tenants(job)
                if job.name == "retain" { await system(job) }
                (jobs[index].last, jobs[index].isFirst) = (ContinuousClock().now, false)
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(250)) }
        }
    }

    /// The same for every tenant, by its own settings.
    private func tenants(_ job: Job) async {
        for name in state.tenants.names {
            guard case .ready = state.now, let tenant = try? await state.tenants.tenant(name) else { continue }
            do {
                await record(job.act, try await now(job.name, tenant), tenant)
            } catch {
                logger.warning("\(job.name) of a tenant failed", metadata: ["tenant": "\(name)", "error": "\(error)"])
            }
        }
    }

    /// What was done is kept for longer than what was told.
    private func system(_ job: Job) async {
        guard let system = state.audit.workspace else { return }
        var settings = state.live
        settings.retentionDays = max(settings.retentionDays, Self.systemDays)
        do { _ = try await job.body(system, settings) } catch {
            logger.warning("\(job.name) of the system's log failed", metadata: ["error": "\(error)"])
        }
    }

    private static let systemDays = 400

    /// What changed nothing is not recorded.
    private func record(_ act: AuditAct, _ done: String, _ tenant: Tenant) async {
        guard done.hasPrefix("removed") && !done.hasPrefix("removed 0 ") || done.hasPrefix("rewrote") else { return }
        var record = AuditRecord(act, by: "varve")
        record.via = "server"
        record.tenant = tenant.name
        record.detail = done
        do { try await state.audit.write(record) } catch {
            logger.error("maintenance could not be recorded", metadata: ["error": "\(error)"])
        }
    }

    private func once(_ job: Job, _ home: Tenant) async {
        let name = job.name
        let begun = Date()
        var done = ""
        var error: String?
        do {
            done = try await now(job.name, home)
            await record(job.act, done, home)
        } catch let fault {
            let problem = Problem(fault)
            error = problem.map { "\($0.code): \($0.detail)" } ?? "stopped"
            logger.warning("\(name) failed", metadata: ["error": "\(fault)"])
        }
        state.maintenance.change(name) { entry in
            entry.runs += 1
            entry.last = begun
            entry.seconds = Date().timeIntervalSince(begun)
            entry.done = done
            entry.error = error
        }
    }

    /// Removes segments past the limit, and keys of requests that are older than any event.
    @Sendable private func retain(_ workspace: Workspace, _ settings: LiveSettings) async throws -> String {
        let folders = state.options.viewFolders
        let path = workspace.path
        let day: Int64 = 86_400 * 1_000_000_000
        let done = try await onOwnThread { () throws -> String in
            let maintenance = try LogMaintenance.open(at: path)
            var request = RetentionRequest(limit: Int64(settings.retentionDays) * day)
            let projectors = try Registry(at: path).projectors()
            request.hold = projectors.min { $0.offset < $1.offset }.map {
                ProjectorHold(
                    offset: $0.offset.value, grace: Int64(settings.holdDays) * day, bytes: UInt64(settings.holdMegabytes) << 20)
            }
            if let objection = try maintenance.objection(request) {
                return "nothing was removed: \(objection); varve log retain --yes does it"
            }
            let keeps = try !projectors.isEmpty || !LogReader.open(at: path).baseNames().names.isEmpty
            var known: [AnyView] = []
            if keeps {
                var defined = DefinedViews(builtIn: Catalog.allViews, at: path)
                for folder in folders { defined.addReadable(of: folder) }
                known = defined.views
            }
            let bases = keeps ? BaseBuilder(at: path, known: known).bases : nil
            let plan = try maintenance.retain(request, bases: bases)
            return "removed \(plan.removed.count) segments, \(plan.events) events, \(plan.bytes) bytes"
        }
        let kept = Int64(settings.retentionDays + settings.holdDays + 1) * day
        try await workspace.forgetKeys(before: Timestamp(nanoseconds: wallClockNanoseconds() - kept))
        return done
    }

    @Sendable private func compact(_ workspace: Workspace, _ settings: LiveSettings) async throws -> String {
        let path = workspace.path
        return try await onOwnThread { () throws -> String in
            let maintenance = try LogMaintenance.open(at: path)
            let plan = try maintenance.planCompaction()
            guard !plan.rewrites.isEmpty else { return "nothing to rewrite" }
            let report = try maintenance.compact(plan)
            let before = report.rewritten.reduce(UInt64(0)) { $0 + $1.bytesBefore }
            let after = report.rewritten.reduce(UInt64(0)) { $0 + $1.bytesAfter }
            let failed = report.failed.isEmpty ? "" : ", \(report.failed.count) failed"
            return "rewrote \(report.rewritten.count) segments: \(before) bytes before, \(after) after\(failed)"
        }
    }
}

/// Runs `body` on a thread of its own, which it may block for long.
func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    let result: Result<Value, any Error> = await withUnsafeContinuation { continuation in
        startBlockingThread { continuation.resume(returning: Result { try body() }) }
    }
    return try result.get()
}
