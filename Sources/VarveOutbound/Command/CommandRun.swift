internal import Foundation
internal import Synchronization

/// A program that is run without a shell: fixed words, nothing on its standard input, an end after which it and all that it
/// started are killed.
public struct CommandRun: Sendable {
    /// What became of it.
    public struct Outcome: Hashable, Sendable {
        public enum End: Hashable, Sendable {
            /// It ended with this code.
            case code(Int32)
            /// A signal ended it.
            case signal(Int32)
            /// It ran too long and was killed.
            case timeout
            /// It could not be started.
            case failed(String)
        }

        public var end: End
        /// The first bytes that it wrote, to both outputs.
        public var output: String
        public var seconds: Double

        public var isSuccess: Bool { end == .code(0) }
    }

    private static let outputMax = 4_096

    private let words: [String]
    private let timeoutSeconds: Double

    /// - Parameter words: The program's path, and its arguments.
    public init(_ words: [String], timeoutSeconds: Double) {
        self.words = words
        self.timeoutSeconds = timeoutSeconds
    }

    /// Runs it, with no other variables of the environment than `PATH` and those of `environment`.
    public func run(environment: [String: String]) async -> Outcome {
        let (words, timeout) = (words, timeoutSeconds)
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Self.run(words, environment, timeout)) }
        }
    }

    /// What is read of the outputs: the rest is passed over, so that a program that writes much does not stand still.
    private final class Collected: Sendable {
        private let bytes = Mutex<(kept: [UInt8], isOver: Bool)>(([], false))
        func add(_ data: Data) {
            bytes.withLock { state in state.kept += data.prefix(max(0, CommandRun.outputMax - state.kept.count)) }
        }
        func finish() { bytes.withLock { $0.isOver = true } }
        var isOver: Bool { bytes.withLock { $0.isOver } }
        var text: String { bytes.withLock { String(decoding: $0.kept, as: UTF8.self) } }
    }

    private static func run(_ words: [String], _ environment: [String: String], _ timeout: Double) -> Outcome {
        let begun = Date()
        func outcome(_ end: Outcome.End, _ output: String = "") -> Outcome {
            Outcome(end: end, output: output, seconds: Date().timeIntervalSince(begun))
        }
        guard let program = words.first, FileManager.default.isExecutableFile(atPath: program) else {
            return outcome(.failed("there is no program at the path that was set"))
        }
        let pipe = Pipe()
        let variables = environment.merging(["PATH": "/usr/local/bin:/usr/bin:/bin"]) { own, _ in own }
        guard let process = spawn(words, variables, output: pipe.fileHandleForWriting.fileDescriptor) else {
            return outcome(.failed("the program could not be started"))
        }
        try? pipe.fileHandleForWriting.close()
        let collected = Collected()
        let reading = pipe.fileHandleForReading
        Thread.detachNewThread {
            while let data = try? reading.read(upToCount: 4_096), !data.isEmpty { collected.add(data) }
            collected.finish()
        }
        var status = wait(process, until: begun.addingTimeInterval(timeout))
        let isLate = status == nil
        if isLate {
            kill(-process, SIGTERM)
            status = wait(process, until: Date().addingTimeInterval(1))
        }
        // Whatever it has started goes with it.
        kill(-process, SIGKILL)
        if status == nil { status = wait(process, until: Date().addingTimeInterval(5)) }
        let last = Date().addingTimeInterval(0.5)
        while !collected.isOver, Date() < last { usleep(5_000) }
        guard !isLate, let status else { return outcome(.timeout, collected.text) }
        let signal = status & 0x7F
        return outcome(signal == 0 ? .code((status >> 8) & 0xFF) : .signal(signal), collected.text)
    }

    /// Starts a program in a group of its own, so that all of it can be killed. Nil when it cannot be started.
    private static func spawn(_ words: [String], _ environment: [String: String], output: Int32) -> pid_t? {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var process = pid_t()
        guard posix_spawn(&process, words[0], &actions, &attributes, &arguments, &variables) == 0 else { return nil }
        return process
    }

    /// The status with which it ended; nil where it runs on.
    private static func wait(_ process: pid_t, until end: Date) -> Int32? {
        var status: Int32 = 0
        while true {
            let found = waitpid(process, &status, WNOHANG)
            if found == process { return status }
            if found < 0, errno != EINTR { return 0xFF00 }
            guard Date() < end else { return nil }
            usleep(10_000)
        }
    }
}
