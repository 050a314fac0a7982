import Foundation
import VarveEvents
import VarveServer

/// What commands that change who may share: what they do is recorded.
enum AuditedCommand {
    static var account: String { ProcessInfo.processInfo.environment["USER"] ?? "uid \(getuid())" }

    /// Records what was done to a directory that is served, or was once; one that never was has nobody to account to.
    static func note(_ act: AuditAct, at data: String, target: String? = nil, _ detail: String?) async throws {
        guard AuditWriter.isWanted(at: data) else { return }
        do throws(ServerError) {
            var record = AuditRecord(act, by: account)
            record.target = target
            record.detail = detail
            try await AuditWriter(at: data).write(record)
        } catch {
            throw CommandFailure(error, data: data)
        }
    }

    /// The same of an act on alerts, by its event.
    static func note(_ event: Event, at data: String) async throws {
        let acts: [String: AuditAct] = [
            "alert.acknowledged": .alertAcknowledged, "alert.resolved": .alertResolved, "alert.silenced": .silenced,
            "alert.silence_ended": .silenceEnded,
        ]
        try await note(acts[event.signal] ?? .ruleChanged, at: data, nil)
    }

    /// Does it, and records it. Where it could not be recorded it is not done.
    static func run<Value>(
        _ act: AuditAct, at data: String, tenant: String? = nil, detail: String? = nil,
        _ body: () throws(ServerError) -> (value: Value, target: String?)
    ) async throws -> Value {
        do throws(ServerError) {
            let audit = try await AuditWriter(at: data)
            let (value, target) = try body()
            guard let target else { return value }
            var record = AuditRecord(act, by: account)
            record.target = target
            record.tenant = tenant
            record.detail = detail
            try await audit.write(record)
            return value
        } catch {
            throw CommandFailure(error, data: data)
        }
    }
}
