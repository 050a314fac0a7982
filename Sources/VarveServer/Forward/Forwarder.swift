internal import Foundation
internal import Synchronization
internal import VarveDisk
internal import VarveEvents
internal import VarveOutbound
internal import VarveWire

/// Sends events, or rows of a view, to another system: from a checkpoint on, at least once, in order.
///
/// A request that the receiver refuses for what is in it is counted and passed over; one that it refuses for who we are, or that
/// does not reach it, is tried again. Each attempt is a line in `forward/NAME.attempts`.
public final class Forwarder: Sendable {
    public let settings: ForwardSettings
    private let data: String
    private let files: ForwardFiles
    private let http: OutboundHTTP
    private let state = Mutex<(checkpoint: ForwardCheckpoint, state: String, error: String?)>((ForwardCheckpoint(), "idle", nil))

    public init(_ settings: ForwardSettings, data: String) {
        self.settings = settings
        self.data = data
        files = ForwardFiles(data, settings.name)
        http = OutboundHTTP(settings.addresses)
    }

    /// How far it is.
    public var checkpoint: ForwardCheckpoint { state.withLock { $0.checkpoint } }

    /// For `/api/v1/status`.
    var json: String {
        let (checkpoint, word, error) = state.withLock { $0 }
        var line = JSONLine()
        line.field("name", settings.name)
        line.field("format", settings.format.rawValue)
        line.field("state", word)
        line.field("offset", checkpoint.offset)
        line.field("time", checkpoint.time.map { RFC3339.text($0) })
        for (name, value) in checkpoint.counts { line.field(name, value) }
        line.field("error", error)
        return line.text
    }

    /// Runs until everything that is there was sent, or, when it follows, until the task is cancelled.
    ///
    /// - Throws: `ForwardError`; errors of the log and of views.
    public func run(follows: Bool) async throws {
        let lock: DiskHandle
        do {
            lock = try await onOwnThread { [files] in try files.lock() }
        } catch let error as DiskError where error.code == .lockHeld {
            throw ForwardError(.inUse, "another process forwards as '\(settings.name)'")
        }
        defer { RealDisk().close(lock) }
        var checkpoint = try await onOwnThread { [files] in try files.read() } ?? begin
        note(checkpoint, "running")
        while !Task.isCancelled {
            let step = try await read(checkpoint)
            try await send(step, &checkpoint, follows: follows)
            if step.isLast {
                guard follows else { break }
                try? await Task.sleep(for: .seconds(1))
            }
        }
        note(checkpoint, "stopped")
    }

    private var begin: ForwardCheckpoint {
        var checkpoint = ForwardCheckpoint()
        checkpoint.offset = settings.from.offset
        return checkpoint
    }

    private func read(_ checkpoint: ForwardCheckpoint) async throws -> ForwardReader.Step {
        let reader = ForwardReader(data: data, settings: settings)
        return try await onOwnThread { try reader.next(checkpoint) }
    }

    private func write(_ checkpoint: ForwardCheckpoint) async throws {
        try await onOwnThread { [files] in try files.write(checkpoint) }
    }

    private func note(_ checkpoint: ForwardCheckpoint, _ word: String, _ error: String? = nil) {
        state.withLock { $0 = (checkpoint, word, error) }
    }

    private func send(_ step: ForwardReader.Step, _ checkpoint: inout ForwardCheckpoint, follows: Bool) async throws {
        var after = step.after
        after.leftOut += Int64(step.leftOut)
        after.lost += Int64(step.lost)
        if !step.bodies.isEmpty {
            if checkpoint.pendingOffset != after.offset || checkpoint.pendingTime != after.time {
                (checkpoint.pendingOffset, checkpoint.pendingTime) = (after.offset, after.time)
                try await write(checkpoint)
            }
            for body in step.bodies {
                let (isTaken, attempts) = try await deliver(body, step, checkpoint, follows: follows)
                after.attempts += attempts
                after.requests += 1
                if !isTaken { after.refused += 1 }
            }
            after.records += Int64(step.records)
        }
        guard after != checkpoint else { return }
        try await write(after)
        checkpoint = after
        note(checkpoint, "running")
    }

    /// What a receiver says that does not take what is in a request.
    private static let refusals: Set<String> = ["status 400", "status 413", "status 422"]

    /// Whether the body was taken, and the attempts that it needed.
    private func deliver(
        _ body: ForwardBodies.Body, _ step: ForwardReader.Step, _ checkpoint: ForwardCheckpoint, follows: Bool
    ) async throws -> (Bool, Int64) {
        let backoff = Backoff()
        var number = 0
        while true {
            number += 1
            let outcome = try await attempt(body, step)
            let line = journal(outcome, body, step, number)
            try await onOwnThread { [files] in files.note(line) }
            var pause = 0.0
            switch outcome {
            case .delivered: return (true, Int64(number))
            case .refused(_, let why) where Self.refusals.contains(why): return (false, Int64(number))
            case .refused(_, let why):
                note(checkpoint, "refused", why)
                guard follows else { throw ForwardError(.configuration, "the receiver refuses it: \(why)") }
                pause = backoff.longest
            case .retry(let after, _, let why):
                note(checkpoint, "retrying", why)
                guard follows || number < settings.attempts else {
                    throw ForwardError(.unavailable, "the receiver took nothing in \(number) attempts: \(why)")
                }
                pause = after ?? backoff.pause(after: min(number, backoff.attempts - 1), spread: .random(in: 0...1)) ?? 60
            }
            try await Task.sleep(for: .seconds(pause))
        }
    }

    private func journal(
        _ outcome: DeliveryOutcome, _ body: ForwardBodies.Body, _ step: ForwardReader.Step, _ number: Int
    ) -> String {
        var line = JSONLine()
        line.field("time", RFC3339.text(Timestamp(nanoseconds: wallClockNanoseconds())))
        line.field("range", step.range)
        line.field("part", body.suffix)
        line.field("attempt", number)
        line.field("bytes", body.bytes.count)
        switch outcome {
        case .delivered: line.field("outcome", "delivered")
        case .retry(_, let cause, let why), .refused(let cause, let why):
            if case .retry = outcome { line.field("outcome", "retry") } else { line.field("outcome", "refused") }
            line.field("cause", cause.rawValue)
            line.field("message", why)
        }
        return line.text
    }

    private func attempt(_ body: ForwardBodies.Body, _ step: ForwardReader.Step) async throws -> DeliveryOutcome {
        switch settings.target {
        case .http(let address):
            let url = address.with { text in
                let isWhole = body.suffix.isEmpty || text.hasSuffix(body.suffix)
                return Secret(isWhole ? text : (text.hasSuffix("/") ? String(text.dropLast()) : text) + body.suffix)
            }
            var request = OutboundRequest(url: url, body: body.bytes)
            request.headers = body.headers.map { ($0.0, Secret($0.1)) } + settings.headers
            request.headers.append(("Idempotency-Key", Secret("\(settings.name) \(step.range)\(body.suffix)")))
            request.timeoutSeconds = 30
            return await http.send(request)
        case .file(let path): return try await onOwnThread { try Self.append(body.bytes, FileHandle.appending(path)) }
        case .standardOutput: return try await onOwnThread { try Self.append(body.bytes, .standardOutput) }
        }
    }

    /// Durable where that is possible before the checkpoint says so.
    private static func append(_ bytes: [UInt8], _ file: FileHandle?) throws -> DeliveryOutcome {
        guard let file else { throw ForwardError(.io, "the file cannot be opened to write") }
        do {
            try file.write(contentsOf: Data(bytes))
        } catch {
            throw ForwardError(.io, "the file cannot be written: \(error.localizedDescription)")
        }
        fsync(file.fileDescriptor)
        return .delivered
    }
}

extension FileHandle {
    /// A file at whose end is written; made where it is not there. Nil where it cannot be opened.
    fileprivate static func appending(_ path: String) -> FileHandle? {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        return descriptor < 0 ? nil : FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
