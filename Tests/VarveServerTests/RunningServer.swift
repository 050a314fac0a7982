import Foundation
import Testing
import VarveTestSupport

/// The built command, serving a folder.
final class RunningServer: @unchecked Sendable {
    static let command: URL = {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }
            .map { String($0[..<($0.range(of: ".xctest")?.upperBound ?? $0.endIndex)]) }
        let folder = bundle.map { URL(filePath: $0).deletingLastPathComponent() } ?? Bundle.main.bundleURL
        return folder.appending(path: "varve")
    }()

    let process = Process()
    let port: Int
    let ready: [String: Any]
    private let errors = FileManager.default.temporaryDirectory.appending(path: "varve-serve-\(UUID().uuidString).log")

    /// What it has printed on standard error.
    var said: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    /// Returns when it has said that it is ready.
    /// `through` is a command before it, which becomes it.
    init(
        _ data: String, _ more: [String] = ["--no-project"], port: Int = 0, environment: [String: String] = [:],
        through: [String] = []
    ) throws {
        let pipe = Pipe()
        let arguments = ["serve", "--data", data, "--listen", "127.0.0.1:\(port)"] + more
        let all = through + [Self.command.path] + arguments
        process.executableURL = URL(filePath: all[0])
        process.arguments = Array(all.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        try Data().write(to: errors)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while byte != 0x0A {
            let count = read(pipe.fileHandleForReading.fileDescriptor, &byte, 1)
            if count == 1 { line.append(byte) } else if count == 0 || errno != EINTR { break }
        }
        ready = (try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]) ?? [:]
        self.port = URL(string: ready["url"] as? String ?? "")?.port ?? 0
    }

    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// SIGTERM, and how it ended.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit {
        if process.isRunning { kill() }
        try? FileManager.default.removeItem(at: errors)
    }

    /// Runs the command to its end.
    static func run(_ arguments: String...) throws -> (code: Int32, out: String) { try run(arguments) }

    /// What `view show` prints.
    static func show(_ arguments: [String]) throws -> String { try run(["view", "show"] + arguments).out }

    static func run(_ arguments: [String]) throws -> (code: Int32, out: String) { try runProgram(command.path, arguments) }
}

/// Runs a program to its end, with nothing on its standard input: its exit code, and what it printed.
func runProgram(_ path: String, _ arguments: [String]) throws -> (code: Int32, out: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let out = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: out, as: UTF8.self))
}

/// A path that is removed with its owner.
final class ServedFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "varve-serve-\(UUID().uuidString)").path
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A data directory in it, with generated traffic and its views.
    func withTraffic(_ generate: String...) async throws -> String {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let (traffic, data) = (path + "/traffic.ndjson", path + "/data")
        let codes = try await onThread { () throws -> [Int32] in
            let made = try RunningServer.run(["generate"] + generate).out
            try made.write(toFile: traffic, atomically: true, encoding: .utf8)
            return [
                try RunningServer.run("ingest", traffic, "--data", data).code,
                try RunningServer.run("project", "--data", data).code,
            ]
        }
        #expect(codes == [0, 0])
        return data
    }
}

/// Sends a request until it is answered: over a new connection when one breaks, to whatever port the server has by then.
func insist(
    _ path: String, _ headers: [String: String], _ body: [UInt8], port: () -> Int, until end: ContinuousClock.Instant
) throws -> Reply {
    while ContinuousClock().now < end {
        do {
            let connection = try RawConnection(port: port(), timeoutSeconds: 20)
            try connection.request("POST", path, headers, body)
            let reply = try connection.reply()
            if reply.status != 503 { return reply }
        } catch {}
        usleep(20_000)
    }
    throw RawConnection.Closed()
}
