internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization
internal import VarveEvents
internal import VarveLog
internal import VarveWorkspace

/// `GET /api/v1/stream`: what is appended, as it becomes durable. A subscriber has a cursor in the log and no queue: one that
/// reads slowly costs nothing and misses nothing.
struct EventStream: Sendable {
    let state: ServerState
    private static let viewsMax = 8

    /// `GET /debug/message-stream`.
    func messages(_ request: Request, context: ReadContext) async throws -> Response {
        var asked = try StreamRequest(request)
        asked.filter.signals = ["chat.message"]
        (asked.topics, asked.isMessages) = ([.events], true)
        return try await open(asked, request, context)
    }

    func open(_ request: Request, context: ReadContext) async throws -> Response {
        try await open(StreamRequest(request), request, context)
    }

    private func open(_ asked: StreamRequest, _ request: Request, _ context: ReadContext) async throws -> Response {
        guard asked.views.count <= Self.viewsMax else { throw Problem.badParameter("view", "at most \(Self.viewsMax)") }
        guard !asked.topics.contains(.views) || !asked.views.isEmpty else {
            throw Problem.badParameter("view", "the topic views needs the names of views")
        }
        let workspace = context.workspace
        let end = try await workspace.durable()
        // Who has seen more than there is has seen another log, and would silently miss the events up to there.
        if let from = asked.from, from > end.value {
            throw Problem(400, "not_durable_yet", "offset \(from) is not durable yet: the log ends at \(end)")
        }
        let place = try enter()
        // Both are as of before the head: a client that has read it misses nothing that is appended from then on.
        var asked = asked
        asked.from = asked.from ?? end.value
        let views = asked.topics.contains(.views) ? await ViewWatch(workspace, asked.views) : nil
        let state = state
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-cache", .accelBuffering: "no",
        ]
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { [asked] writer in
                defer { withExtendedLifetime(place) {} }
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await StreamSession(state: state, workspace: workspace, asked: asked, views: views).run(&writer)
                }
                try await writer.finish(nil)
            })
    }

    /// Counts the subscriber for as long as the result lives.
    private func enter() throws(Problem) -> StreamPlace {
        let isTaken = state.streams.withLock { count in
            guard count < state.options.limits.streams else { return false }
            count += 1
            return true
        }
        guard isTaken else { throw Problem(503, "too_many_streams", "too many subscribers already", retryAfter: 5) }
        return StreamPlace(state)
    }
}

final class StreamPlace: Sendable {
    private let state: ServerState
    init(_ state: ServerState) { self.state = state }
    deinit { state.streams.withLock { $0 -= 1 } }
}
