internal import Foundation

/// Mail by the machine's own program: `sendmail -t -i`, as Postfix, msmtp and others have it.
public struct Sendmail: Sendable {
    private let program: String
    private let timeoutSeconds: Double

    public init(_ program: String, timeoutSeconds: Double = 20) {
        self.program = program
        self.timeoutSeconds = timeoutSeconds
    }

    public func send(_ message: MailMessage) async -> DeliveryOutcome {
        let (program, timeout) = (program, timeoutSeconds)
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Self.run(program, message, timeout)) }
        }
    }

    private static func run(_ program: String, _ message: MailMessage, _ timeout: Double) -> DeliveryOutcome {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            return .refused(.configuration, "there is no program that takes mail at the path that was set")
        }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["-t", "-i"]
        let input = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
            // Local programs take lines that end as the system's do.
            let bytes = message.bytes.filter { $0 != 0x0D }
            try input.fileHandleForWriting.write(contentsOf: Data(bytes))
            try input.fileHandleForWriting.close()
        } catch {
            return .retry(after: nil, .connection, "the program that takes mail could not be run")
        }
        let end = Date().addingTimeInterval(timeout)
        while process.isRunning, Date() < end { usleep(20_000) }
        guard !process.isRunning else {
            process.terminate()
            return .retry(after: nil, .timeout, "the program that takes mail did not end in time")
        }
        // 75 is EX_TEMPFAIL of sysexits.h; the others stay.
        switch process.terminationStatus {
        case 0: return .delivered
        case 75, 69, 71:
            return .retry(after: nil, .receiver, "the program that takes mail ended with \(process.terminationStatus)")
        default: return .refused(.refused, "the program that takes mail ended with \(process.terminationStatus)")
        }
    }
}
