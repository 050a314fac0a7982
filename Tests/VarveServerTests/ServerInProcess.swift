import Foundation
import Logging
import Synchronization
import Testing
import VarveServer
import VarveTestSupport

/// A server of this process on a free port, with a folder of its own.
final class ServerInProcess: Sendable {
    let folder: String
    let port: Int
    private let task: Task<Void, any Error>

    static func start(
        at folder: String? = nil, limits: ServerLimits = ServerLimits(), _ change: (inout ServerOptions) -> Void = { _ in }
    ) async throws -> ServerInProcess {
        let folder = folder ?? FileManager.default.temporaryDirectory.appending(path: "varve-serve-\(UUID().uuidString)").path
        var options = ServerOptions(data: folder)
        options.address = ListenAddress(host: "127.0.0.1", port: 0)
        options.limits = limits
        options.version = "test"
        change(&options)
        let (ready, sink) = AsyncStream<Int>.makeStream()
        let serving = Serving(options, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let task = Task {
            defer { sink.finish() }
            try await serving.run(signals: false, onReady: { sink.yield($0.address.port) })
        }
        guard let port = await ready.first(where: { _ in true }) else {
            try await task.value
            throw RawConnection.Closed()
        }
        return ServerInProcess(folder, port, task)
    }

    private init(_ folder: String, _ port: Int, _ task: Task<Void, any Error>) {
        self.folder = folder
        self.port = port
        self.task = task
    }

    /// Stops it; the folder stays.
    func stop() async {
        task.cancel()
        _ = await task.result
    }

    func remove() async {
        await stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Runs `body` with a server of its own.
    static func with(
        limits: ServerLimits = ServerLimits(), _ change: (inout ServerOptions) -> Void = { _ in },
        _ body: (ServerInProcess) async throws -> Void
    ) async throws {
        let server = try await start(limits: limits, change)
        do {
            try await body(server)
        } catch {
            await server.remove()
            throw error
        }
        await server.remove()
    }

    func call(
        _ method: String, _ path: String, _ headers: [String: String] = [:], _ body: [UInt8] = []
    ) async throws -> Reply {
        try await onThread { [port] in
            let connection = try RawConnection(port: port)
            try connection.request(method, path, headers, body)
            return try connection.reply()
        }
    }

    func get(_ path: String, _ headers: [String: String] = [:]) async throws -> Reply { try await call("GET", path, headers) }

    func post(_ text: String, _ headers: [String: String] = [:], query: String = "") async throws -> Reply {
        try await call("POST", "/api/v1/events" + query, headers, Array(text.utf8))
    }
}

/// Lines of events without ids: a second append of one would be seen.
func lines(_ numbers: Range<Int>, signal: String = "test.sent") -> String {
    numbers.map { "{\"time\":\"2026-01-21T14:00:00Z\",\"signal\":\"\(signal)\",\"data\":{\"n\":\($0)}}\n" }.joined()
}
