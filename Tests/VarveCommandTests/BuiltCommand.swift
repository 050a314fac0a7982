import Foundation
import Testing

/// The built executable, which stands beside the test bundle.
enum BuiltCommand {
    static let url: URL = {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }
            .map { String($0[..<($0.range(of: ".xctest")?.upperBound ?? $0.endIndex)]) }
        let folder = bundle.map { URL(filePath: $0).deletingLastPathComponent() } ?? Bundle.main.bundleURL
        return folder.appending(path: "varve")
    }()

    /// Starts `varve` with `arguments`; standard input is empty unless given.
    static func start(
        _ arguments: [String], input: Pipe? = nil, environment: [String: String] = [:]
    ) throws -> RunningCommand {
        try RunningCommand(arguments, input: input, environment: environment)
    }

    /// Runs it to its end.
    @discardableResult
    static func run(_ arguments: String..., input: String? = nil, environment: [String: String] = [:]) throws -> Finished {
        var pipe: Pipe?
        if input != nil { pipe = Pipe() }
        let running = try start(arguments, input: pipe, environment: environment)
        if let input, let pipe {
            // On a thread of its own: the pipe holds less than some inputs.
            Thread.detachNewThread {
                try? pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
                try? pipe.fileHandleForWriting.close()
            }
        }
        return try running.finish()
    }
}

/// What a command left behind.
struct Finished {
    let code: Int32
    let out: String
    let err: String

    var lines: [String] { out.split(separator: "\n").map(String.init) }

    /// The last line as a JSON object.
    func lastObject() throws -> [String: Any] {
        let line = try #require(lines.last, "nothing was printed; \(err)")
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    /// All of the output as a JSON array of objects.
    func rows() throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(out.utf8)) as? [[String: Any]], "\(out) \(err)")
    }
}

/// A command that runs. Its output goes to files, so that it never waits for a reader.
final class RunningCommand {
    let process = Process()
    private let outputs: [URL]

    init(_ arguments: [String], input: Pipe?, environment: [String: String] = [:]) throws {
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        outputs = ["out", "err"].map { TemporaryFolder.new().appending(path: $0) }
        for url in outputs { _ = FileManager.default.createFile(atPath: url.path(percentEncoded: false), contents: nil) }
        process.executableURL = BuiltCommand.url
        process.arguments = arguments
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: outputs[0])
        process.standardError = try FileHandle(forWritingTo: outputs[1])
        try process.run()
    }

    var out: String { (try? String(contentsOf: outputs[0], encoding: .utf8)) ?? "" }
    var err: String { (try? String(contentsOf: outputs[1], encoding: .utf8)) ?? "" }

    /// Waits until `condition` holds; false when it does not within half a minute.
    func wait(until condition: (RunningCommand) -> Bool) -> Bool {
        for _ in 0..<3_000 {
            if condition(self) { return true }
            if !process.isRunning { return condition(self) }
            usleep(10_000)
        }
        return false
    }

    func finish() throws -> Finished {
        process.waitUntilExit()
        return Finished(code: process.terminationStatus, out: out, err: err)
    }
}

/// A folder for one test.
struct TemporaryFolder: ~Copyable {
    let url = TemporaryFolder.new()

    deinit { try? FileManager.default.removeItem(at: url) }

    static func new() -> URL {
        let url = FileManager.default.temporaryDirectory.appending(path: "varve-test-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

    /// Writes a file and gives its path.
    func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        try Data(bytes).write(to: url.appending(path: name))
        return path(name)
    }

    func file(_ name: String, _ text: String) throws -> String {
        try file(name, text.utf8)
    }
}
