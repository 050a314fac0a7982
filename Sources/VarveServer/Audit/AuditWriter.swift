internal import VarveDisk
internal import VarveWire
internal import VarveWorkspace

/// Where a command records what it does: through the server that holds the directory, else in `DIR/system` itself. It is taken up
/// before the act, so that what cannot be recorded is not done.
public final class AuditWriter: Sendable {
    private let data: String
    private let system: Workspace?

    /// - Parameter data: The data directory.
    /// - Throws: `.workspace` when the system's log cannot be written.
    public init(at data: String) async throws(ServerError) {
        self.data = data
        guard (try? ControlClient(data: data)) == nil else {
            system = nil
            return
        }
        do {
            try RealDisk().makeDirectory(data)
            system = try await SystemLog.open(at: data)
        } catch let error as WorkspaceError {
            throw ServerError(error)
        } catch {
            throw ServerError(.configuration, "the directory \(data) cannot be made: \(error)")
        }
    }

    /// Whether a directory has a system's log already.
    public static func isWanted(at data: String) -> Bool {
        (try? RealDisk().kind(ServerPaths(data).system)) == .directory
    }

    /// Records what was done, and ends.
    ///
    /// - Throws: `.workspace` or `.internal` when it could not be recorded.
    public func write(_ record: AuditRecord) async throws(ServerError) {
        var record = record
        record.via = "command"
        guard let system else { return try send(record) }
        do throws(WorkspaceError) {
            try await system.append([record.event])
            try await system.close()
        } catch {
            throw ServerError(error)
        }
    }

    private func send(_ record: AuditRecord) throws(ServerError) {
        var object = JSONLine()
        object.field("act", record.act.rawValue)
        object.field("by", record.by)
        object.field("target", record.target)
        object.field("tenant", record.tenant)
        object.field("detail", record.detail)
        do {
            let client = try ControlClient(data: data)
            try client.begin("POST", "/api/v1/audit", [("Content-Type", "application/json")])
            try client.send(Array(object.text.utf8))
            let answer = try client.finish()
            guard answer.status == 204 else {
                throw ServerError(.internal, "the server did not record what was done: it answered \(answer.status)")
            }
        } catch let error as ServerError {
            throw error
        } catch {
            throw ServerError(.internal, "the server that holds the directory went away before it recorded what was done")
        }
    }
}
