internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import VarveEvents
internal import VarveHash
internal import VarveLog
internal import VarveWire
internal import VarveWorkspace

/// The log itself, for those who operate it; the shapes are those of `varve log`.
struct LogReplies: Sendable {
    let state: ServerState

    /// `GET /api/v1/log`: as `varve log info --json`.
    func info(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        let (snapshot, _, errors) = try await context.workspace.standing()
        var object = JSONLine()
        object.field("first_offset", snapshot.retained.value)
        object.field("durable_offset", snapshot.durable.value)
        object.field("segments", snapshot.segments.count)
        object.field("sealed_segments", snapshot.segments.count { $0.isSealed })
        object.field("bytes", snapshot.segments.reduce(UInt64(0)) { $0 + $1.bytes })
        object.field("damaged_ranges", snapshot.damage.count)
        object.field("background_errors", json: JSONLine.array(errors.map(\.json)))
        return ViewReplies.json(object.text + "\n")
    }

    /// `GET /api/v1/log/segments`: as `varve log segments --json`, without the paths of files.
    func segments(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        let (snapshot, _, _) = try await context.workspace.standing()
        return ViewReplies.json(JSONLine.array(snapshot.segments.map(Self.text)) + "\n")
    }

    private static func text(_ segment: SegmentInfo) -> String {
        func time(_ time: Timestamp?) -> String? { time.map { RFC3339.text($0) } }
        var line = JSONLine()
        line.field("first_offset", segment.firstOffset.value)
        line.field("end_offset", segment.endOffset.value)
        line.field("sealed", segment.isSealed)
        line.field("events", segment.rows)
        line.field("bytes", segment.bytes)
        line.field("first_time", time(segment.time?.lowerBound))
        line.field("last_time", time(segment.time?.upperBound))
        line.field("first_observed", time(segment.observed?.lowerBound))
        line.field("last_observed", time(segment.observed?.upperBound))
        line.field("content_hash", segment.contentHash?.description)
        line.field("damaged_ranges", segment.damaged.count)
        return line.text
    }

    /// `POST /api/v1/log/retain` and `/compact`: what the schedule does, at once.
    func maintain(_ name: String) -> @Sendable (Request, AdminContext) async throws -> Response {
        { [state] request, context in
            try QueryText(request).allow([])
            let done = try await Maintenance(state: state, logger: context.logger).now(name, context.tenant)
            var object = JSONLine()
            object.field("done", done)
            return ViewReplies.json(object.text + "\n")
        }
    }
}
