internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import Synchronization
internal import VarveAlerts
internal import VarveEvents
internal import VarveLog
internal import VarveWire
internal import VarveWorkspace

/// One subscriber. Tasks bring what there is to say, and one task says it: those wait until it was taken, so that nothing piles
/// up behind a client that reads slowly.
struct StreamSession: Sendable {
    enum Part: Sendable {
        case step(FeedStep)
        /// What is said of alerts in one step.
        case alerts([String])
        case view(String)
        case message(name: String, json: String)
        case heartbeat
        case failed
        /// The token was revoked, or the session is over.
        case revoked
    }

    let state: ServerState
    let workspace: ReadableWorkspace
    let asked: StreamRequest
    /// When views were asked for.
    let views: ViewWatch?
    private static let heartbeatSeconds = 15

    func run(_ writer: inout any ResponseBodyWriter) async throws {
        let (parts, sink) = AsyncStream<Part>.makeStream()
        let (taken, acknowledge) = AsyncStream<Void>.makeStream()
        let (takenAlerts, acknowledgeAlerts) = AsyncStream<Void>.makeStream()
        let waiting = WaitingViews()
        var text = StreamText()
        text.retry(milliseconds: 3_000)
        try await writer.write(text.buffer)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            if asked.topics.contains(.events) { group.addTask { await pump(sink, taken) } }
            if let views {
                group.addTask { await views.run { json in sink.yield(waiting.enter() ? .view(json) : .failed) } }
            }
            if asked.topics.contains(.alerts) { group.addTask { await watchAlerts(sink, takenAlerts) } }
            group.addTask { await tick(sink) }
            for await part in parts {
                if try await !say(part, &writer) { return }
                switch part {
                case .step: acknowledge.yield()
                case .alerts: acknowledgeAlerts.yield()
                case .view: waiting.leave()
                case .message, .heartbeat, .revoked, .failed: break
                }
            }
        }
    }

    /// Brings the steps of the feed, one at a time.
    private func pump(_ sink: AsyncStream<Part>.Continuation, _ taken: AsyncStream<Void>) async {
        var acknowledged = taken.makeAsyncIterator()
        do {
            for try await step in workspace.subscribe(from: asked.from, where: asked.filter) {
                sink.yield(.step(step))
                guard await acknowledged.next() != nil else { return }
            }
        } catch {
            sink.yield(.failed)
        }
    }

    /// Brings what is said of alerts, one step at a time.
    private func watchAlerts(_ sink: AsyncStream<Part>.Continuation, _ taken: AsyncStream<Void>) async {
        var acknowledged = taken.makeAsyncIterator()
        var filter = LogFilter()
        filter.signals = ["alert.*"]
        do {
            for try await step in workspace.subscribe(from: asked.from, where: filter) {
                guard case .events(let block) = step else { continue }
                var told: [String] = []
                block.forEachEvent { offset, event in
                    if let json = AlertHistory.message(event, at: offset) { told.append(json) }
                }
                guard !told.isEmpty else { continue }
                sink.yield(.alerts(told))
                guard await acknowledged.next() != nil else { return }
            }
        } catch {
            sink.yield(.failed)
        }
    }

    /// Brings what comes by time: a sign of life, how the parts are, and the end.
    private func tick(_ sink: AsyncStream<Part>.Continuation) async {
        let health = HealthReplies(state: state)
        var known: [HealthReplies.Part]?
        var second = 0
        while !Task.isCancelled {
            if case .stopping = state.now, !asked.topics.contains(.events) { sink.yield(.failed) }
            if !workspace.isAllowed() { sink.yield(.revoked) }
            if asked.topics.contains(.health), known != health.parts {
                known = health.parts
                sink.yield(.message(name: "health", json: Self.json(health.parts, at: workspace.durable)))
            }
            try? await Task.sleep(for: .seconds(1))
            second += 1
            if second % Self.heartbeatSeconds == 0 { sink.yield(.heartbeat) }
        }
    }

    private static func json(_ parts: [HealthReplies.Part], at offset: Offset) -> String {
        var object = JSONLine()
        object.field("offset", offset.value)
        object.field("status", parts.allSatisfy(\.isReady) ? "healthy" : "unhealthy")
        object.field("services", json: JSONLine.array(parts.map(\.json)))
        return object.text
    }

    /// False at the end.
    private func say(_ part: Part, _ writer: inout any ResponseBodyWriter) async throws -> Bool {
        var text = StreamText()
        switch part {
        case .heartbeat: text.comment("ka")
        case .message(let name, let json): text.message(name, json)
        case .alerts(let all): for json in all { text.message("alert", json) }
        case .view(let json): text.message("view", json)
        case .step(.lagged(let behind)):
            let durable = workspace.durable.value
            text.message("lagged", "{\"offset\":\(durable - min(durable, behind)),\"behind\":\(behind)}")
        case .step(.gap(let offsets)):
            text.message(
                "gap", "{\"offset\":\(offsets.lowerBound),\"end\":\(offsets.upperBound)}",
                id: offsets.upperBound > 0 ? offsets.upperBound - 1 : nil)
        case .revoked:
            text.comment("access has ended")
            try await writer.write(text.buffer)
            return false
        case .step(.stopping), .failed:
            text.comment("the server is stopping")
            try await writer.write(text.buffer)
            return false
        case .step(.events(let block)) where asked.isMessages:
            for batch in block.batches {
                batch.forEachEvent { offset, event in text.message("message", MessageText.json(event), id: offset.value) }
            }
        case .step(.events(let block)):
            for part in workspace.rendered.parts(block, asked.filter) { try await writer.write(part) }
            return true
        }
        try await writer.write(text.buffer)
        return true
    }
}

/// How many changes of views wait to be taken. A client that takes none of so many is cut off, and comes again.
private final class WaitingViews: Sendable {
    private let count = Mutex(0)
    private static let most = 16

    func enter() -> Bool {
        count.withLock { count in
            guard count < Self.most else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}
