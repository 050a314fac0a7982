/// Hashes one password at a time, off the threads that serve: each takes 64 MiB and a tenth of a second of a core.
actor PasswordQueue {
    private var waiting = 0
    private var last: Task<Void, Never>?
    /// Further ones are told to come again.
    private static let waitingMax = 16

    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        guard waiting < Self.waitingMax else {
            throw Problem(503, "busy", "too many passwords are being checked", retryAfter: 2)
        }
        waiting += 1
        defer { waiting -= 1 }
        let before = last
        let task = Task {
            await before?.value
            return try await onOwnThread(body)
        }
        last = Task { _ = await task.result }
        return try await task.value
    }
}
