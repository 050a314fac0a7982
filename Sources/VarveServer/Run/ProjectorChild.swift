internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import Synchronization

/// Runs the projector as a process of its own, and starts it again when it ends, after a while that grows. It reads from a pipe
/// that ends with this process, however that ends, and ends with it. Nothing that happens to it stops the server.
struct ProjectorChild: Service {
    let state: ServerState
    let command: [String]
    let logger: Logger

    private static let pauseMin = 0.5
    private static let pauseMax = 30.0
    /// A run that lasted so long begins with the shortest pause again.
    private static let steadySeconds = 60.0

    func run() async throws {
        var pause = Self.pauseMin
        // A new directory has no log before it is opened.
        while state.workspace == nil, !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(20))
        }
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let clock = ContinuousClock()
            let start = clock.now
            let code = await runOnce()
            guard !Task.isShuttingDownGracefully, !Task.isCancelled else { break }
            if clock.now - start > .seconds(Self.steadySeconds) { pause = Self.pauseMin }
            state.projector.withLock { $0 = "restarting" }
            logger.warning("the projector ended and is started again", metadata: ["code": "\(code)", "seconds": "\(pause)"])
            let wait = pause
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(wait)) }
            pause = min(pause * 2, Self.pauseMax)
        }
        state.projector.withLock { $0 = "stopped" }
    }

    private func runOnce() async -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        let pipe = Pipe()
        process.standardInput = pipe
        process.standardOutput = FileHandle.standardError
        let ended = AsyncStream<Int32>.makeStream()
        process.terminationHandler = {
            ended.continuation.yield($0.terminationStatus)
            ended.continuation.finish()
        }
        do {
            try process.run()
        } catch {
            logger.error("the projector cannot be started", metadata: ["error": "\(error)"])
            return -1
        }
        state.projector.withLock { $0 = "running" }
        state.projectorEnd.withLock { $0 = { try? pipe.fileHandleForWriting.close() } }
        defer { state.projectorEnd.withLock { $0 = nil } }
        return await withTaskCancellationOrGracefulShutdownHandler {
            for await code in ended.stream { return code }
            // Cancelled: the end is awaited all the same.
            try? pipe.fileHandleForWriting.close()
            return await Task.detached { () -> Int32 in
                while process.isRunning { try? await Task.sleep(for: .milliseconds(20)) }
                return process.terminationStatus
            }.value
        } onCancelOrGracefulShutdown: {
            try? pipe.fileHandleForWriting.close()
        }
    }
}
