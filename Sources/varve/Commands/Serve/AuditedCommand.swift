import Foundation
import VarveServer

/// What commands that change who may share: what they do is recorded.
enum AuditedCommand {
    static var account: String { ProcessInfo.processInfo.environment["USER"] ?? "uid \(getuid())" }

    /// Does it, and records it. Where it could not be recorded it is not done.
    static func run<Value>(
        _ act: AuditAct, at data: String, tenant: String? = nil, detail: String? = nil,
        _ body: () throws(ServerError) -> (value: Value, target: String?)
    ) async throws -> Value {
        do throws(ServerError) {
            let pen = try await AuditPen(at: data)
            let (value, target) = try body()
            guard let target else { return value }
            var record = AuditRecord(act, by: account)
            record.target = target
            record.tenant = tenant
            record.detail = detail
            try await pen.write(record)
            return value
        } catch {
            throw CommandFailure(error, data: data)
        }
    }
}
