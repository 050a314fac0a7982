import Foundation
import Testing

/// Numbers from the environment choose between the short form, which every run takes, and the long one.
enum Scale {
    static func number(_ name: String, _ short: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? short
    }

    /// The seed of all random choices of these tests.
    static let seed = UInt64(number("VARVE_TORTURE_SEED", 1))
}

/// The built executables, which stand beside the test bundle, unless `VARVE_BUILT` names the folder of another build.
enum Built {
    static let folder: URL = {
        if let other = ProcessInfo.processInfo.environment["VARVE_BUILT"] { return URL(filePath: other) }
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }
            .map { String($0[..<($0.range(of: ".xctest")?.upperBound ?? $0.endIndex)]) }
        return bundle.map { URL(filePath: $0).deletingLastPathComponent() } ?? Bundle.main.bundleURL
    }()

    static let varve = folder.appending(path: "varve")
    /// Where the processes that are no commands of `varve` come from.
    static let torture = folder.appending(path: "varve-torture")
}

/// A process that is going to be killed, or that runs to its end. Its output goes to files: what it had printed when it died
/// is there, and it never waits for a reader.
final class Victim {
    let process = Process()
    private let out: URL
    private let err: URL
    private let input: Pipe?

    init(_ program: URL, _ arguments: [String], in folder: URL, takesInput: Bool = false) throws {
        let name = UUID().uuidString
        (out, err) = (folder.appending(path: name + ".out"), folder.appending(path: name + ".err"))
        for url in [out, err] { _ = FileManager.default.createFile(atPath: url.path(percentEncoded: false), contents: nil) }
        input = takesInput ? Pipe() : nil
        process.executableURL = program
        process.arguments = arguments
        // A crash report would start a second process, which holds on to the pipe.
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        try process.run()
    }

    deinit {
        for url in [out, err] { try? FileManager.default.removeItem(at: url) }
    }

    /// Runs a program to its end. Its output when it succeeds.
    static func run(_ program: URL, _ arguments: [String], in folder: URL) throws -> Printed {
        let victim = try Victim(program, arguments, in: folder)
        victim.process.waitUntilExit()
        #expect(victim.process.terminationStatus == 0, "\(arguments): \(victim.error.text)")
        return victim.output
    }

    var output: Printed { Printed(bytes: (try? Data(contentsOf: out)) ?? Data()) }
    var error: Printed { Printed(bytes: (try? Data(contentsOf: err)) ?? Data()) }

    /// The output up to the last line end: a line that was cut off says nothing.
    var wholeLines: Printed {
        let bytes = output.bytes
        return Printed(bytes: bytes[..<(bytes.lastIndex(of: UInt8(ascii: "\n")) ?? bytes.startIndex)])
    }

    /// Writes lines from number `first` on, a thousand at a time, on a thread of its own, until the reader is gone or `last` is
    /// reached; then ends the input.
    func feed(
        from first: Int, to last: Int = .max, everyMilliseconds pause: UInt32 = 50,
        _ line: @escaping @Sendable (Int) -> String
    ) {
        // Otherwise the first line to a dead reader kills this process.
        signal(SIGPIPE, SIG_IGN)
        guard let handle = input?.fileHandleForWriting else { return }
        Thread.detachNewThread {
            var next = first
            while next < last {
                let end = min(last, next + 1_000)
                let text = (next..<end).map(line).joined()
                guard (try? handle.write(contentsOf: Data(text.utf8))) != nil else { break }
                next = end
                usleep(pause * 1_000)
            }
            try? handle.close()
        }
    }

    /// SIGKILL after so long, counted from the start or from the first output. False when it had ended by itself before.
    /// `before` is done just before.
    func kill(afterMilliseconds delay: Int, ofOutput: Bool, before: () -> Void = {}) -> Bool {
        if ofOutput {
            for _ in 0..<3_000 where size == 0 && process.isRunning { usleep(5_000) }
        }
        usleep(UInt32(delay) * 1_000)
        before()
        guard process.isRunning else { return false }
        _ = Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        // Closed here: its other end is gone, and whoever feeds it notices.
        try? input?.fileHandleForReading.close()
        return process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
    }

    /// SIGKILL so long after it had printed so many lines. False when it had ended by itself before.
    func kill(afterLines lines: Int, microseconds: Int) -> Bool {
        let newline = UInt8(ascii: "\n")
        while process.isRunning, output.bytes.count(where: { $0 == newline }) < lines { usleep(1_000) }
        usleep(UInt32(microseconds))
        guard process.isRunning else { return false }
        _ = Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
    }

    private var size: UInt64 {
        let attributes = try? FileManager.default.attributesOfItem(atPath: out.path(percentEncoded: false))
        return (attributes?[.size] as? NSNumber)?.uint64Value ?? 0
    }
}

/// What a process printed: bytes, for there may be a lot of it, and strings are slow to search in a debug build.
struct Printed {
    let bytes: Data

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var comment: Comment { Comment(rawValue: text) }

    /// The number behind each occurrence of `mark`.
    func numbers(behind mark: String) -> [Int] {
        var numbers: [Int] = []
        (bytes + [0]).withUnsafeBytes { raw in
            guard var place = raw.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
            while let found = strstr(place, mark) {
                place = UnsafePointer(found) + mark.utf8.count
                numbers.append(strtol(place, nil, 10))
            }
        }
        return numbers
    }
}

/// A folder for one test, on a disk: the build folder's own, for `/tmp` may be memory.
struct Ground: ~Copyable {
    let url: URL

    init() throws {
        url = Built.folder.appending(path: "torture-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }
}
