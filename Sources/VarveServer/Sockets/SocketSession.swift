internal import Foundation
internal import Synchronization
internal import VarveEvents
internal import VarveLog
internal import VarveWire
internal import VarveWorkspace

/// What one WebSocket hears: `{type, data, timestamp}`, of the channels that it subscribed to. A dashboard of the Atomic Guide
/// does not subscribe and hears of metrics, alerts and health from the start.
///
///     metrics    metrics:update (C17) and metric_update (A45), at once, every 30 s, and when the figures have changed
///     messages   message:new        errors   error:occurred        alerts   alert
///     health     health:changed and health_status, at once and on change
struct SocketSession: Sendable {
    let state: ServerState
    let workspace: ReadableWorkspace
    let isDashboard: Bool
    let texts: AsyncStream<String>
    let say: @Sendable (String) async throws -> Void

    private static let channels: Set<String> = ["metrics", "errors", "messages", "alerts", "health"]
    private static let updateSeconds = 30

    private final class Wanted: Sendable {
        let channels = Mutex<Set<String>>([])
        func has(_ channel: String) -> Bool { channels.withLock { $0.contains(channel) } }
    }

    func run() async {
        let wanted = Wanted()
        if isDashboard { wanted.channels.withLock { $0 = ["metrics", "alerts", "health"] } }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await listen(wanted) }
            group.addTask { await follow(wanted) }
            group.addTask { await tick(wanted) }
            // Whichever ends first: the client is gone, or the server stops.
            await group.next()
            group.cancelAll()
        }
    }

    private func tell(_ type: String, _ data: String) async -> Bool {
        var object = JSONLine()
        object.field("type", type)
        object.field("data", json: data)
        object.field("timestamp", RFC3339.text(DocumentFigures.moment))
        do { try await say(object.text) } catch { return false }
        return true
    }

    private func listen(_ wanted: Wanted) async {
        for await text in texts {
            let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            let names = Set(object?["channels"] as? [String] ?? [])
            switch object?["type"] as? String {
            case "subscribe" where !names.isEmpty && names.isSubset(of: Self.channels):
                wanted.channels.withLock { $0.formUnion(names) }
                if await !tell("subscribed", JSONLine.array(names.sorted().map { JSONLine.string($0) })) { return }
                if names.contains("metrics"), await !metrics() { return }
                if names.contains("health"), await !health() { return }
            case "unsubscribe" where names.isSubset(of: Self.channels): wanted.channels.withLock { $0.subtract(names) }
            case "ping": if await !tell("pong", "{}") { return }
            default:
                let what = "subscribe or unsubscribe, with channels of \(Self.channels.sorted().joined(separator: ", "))"
                if await !tell("error", "{\"message\":\(JSONLine.string(what))}") { return }
            }
        }
    }

    /// What is appended, as it becomes durable.
    private func follow(_ wanted: Wanted) async {
        var filter = LogFilter()
        filter.signals = ["chat.message", "js.error", "js.unhandled_rejection", "log.entry", "alert.*"]
        do {
            for try await step in workspace.subscribe(from: nil, where: filter) {
                guard case .events(let block) = step else {
                    if case .stopping = step { return }
                    continue
                }
                for batch in block.batches {
                    var messages: [(type: String, data: String)] = []
                    batch.forEachEvent { offset, event in
                        if let message = Self.message(event, offset, wanted) { messages.append(message) }
                    }
                    for message in messages where await !tell(message.type, message.data) { return }
                }
            }
        } catch {}
    }

    private static func message(_ event: Event, _ offset: Offset, _ wanted: Wanted) -> (type: String, data: String)? {
        func line() -> String {
            var printer = EventPrinter()
            printer.print(event, offset: offset)
            return String(decoding: printer.bytes.dropLast(), as: UTF8.self)
        }
        switch event.signal {
        case "chat.message": return wanted.has("messages") ? ("message:new", MessageText.json(event)) : nil
        case "log.entry":
            let isError = event.attributes.contains { $0.name == "level" && $0.value == .string("error") }
            return isError && wanted.has("errors") ? ("error:occurred", line()) : nil
        case "js.error", "js.unhandled_rejection": return wanted.has("errors") ? ("error:occurred", line()) : nil
        default: return wanted.has("alerts") ? ("alert", line()) : nil
        }
    }

    /// What comes by time.
    private func tick(_ wanted: Wanted) async {
        var known: [HealthReplies.Part]?
        var second = 0
        let replies = HealthReplies(state: state)
        if isDashboard, await !metrics() { return }
        while !Task.isCancelled {
            if case .stopping = state.now { return }
            if !workspace.isAllowed() { return }
            if wanted.has("health"), known != replies.parts {
                known = replies.parts
                if await !health() { return }
            }
            try? await Task.sleep(for: .seconds(1))
            second += 1
            if second % Self.updateSeconds == 0, wanted.has("metrics"), await !metrics() { return }
        }
    }

    private func metrics() async -> Bool {
        let figures = DocumentFigures(workspace: workspace)
        guard let current = try? await ChatbotReplies(state: state).current(figures).text,
            let overview = try? await AtomicReplies(state: state).overview(figures, figures.ago(DocumentFigures.day))
        else { return true }
        guard await tell("metrics:update", current) else { return false }
        return await tell("metric_update", overview)
    }

    private func health() async -> Bool {
        let parts = HealthReplies(state: state).parts
        var object = JSONLine()
        object.field("status", parts.allSatisfy(\.isReady) ? "healthy" : "unhealthy")
        object.field("services", json: JSONLine.array(parts.map(\.json)))
        guard await tell("health:changed", object.text) else { return false }
        return await tell("health_status", object.text)
    }
}
