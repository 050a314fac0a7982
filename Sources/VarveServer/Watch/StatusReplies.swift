internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization
internal import VarveDisk
internal import VarveEvents
internal import VarveLog
internal import VarveViews
internal import VarveWire
internal import VarveWorkspace

/// How far everything is, and what it costs.
struct StatusReplies: Sendable {
    let state: ServerState

    /// `GET /api/v1/status`.
    func status(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        let (snapshot, projectors, errors) = try await context.workspace.standing()
        let keeping = Double(state.live.retentionDays) * 86_400
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        let losses = projectors.compactMap { $0.secondsUntilUnreadIsDeleted(keeping: keeping, now: now) }
        var object = JSONLine()
        object.field("offset", snapshot.durable.value)
        object.field("durable", snapshot.durable.value)
        object.field("bytes", snapshot.segments.reduce(UInt64(0)) { $0 + $1.bytes })
        var retention = JSONLine()
        retention.field("days", state.live.retentionDays)
        retention.field("first_offset", snapshot.retained.value)
        retention.field("segments", snapshot.segments.count)
        retention.field("oldest", snapshot.segments.lazy.compactMap(\.observed).first.map { RFC3339.text($0.lowerBound) })
        object.field("retention", json: retention.text)
        object.field("projectors", json: JSONLine.array(projectors.map(Self.object)))
        object.field("distance_to_loss", losses.min().map { max(0, $0) })
        object.field("background_errors", json: JSONLine.array(errors.map(\.json)))
        object.field("memory_bytes", ProcessUsage.memoryBytes)
        object.field("cpu_seconds", ProcessUsage.cpuSeconds)
        object.field("uptime_seconds", (ContinuousClock().now - state.started) / .seconds(1))
        object.field("connections", state.connections.withLock { $0 })
        object.field("streams", state.streams.withLock { $0 })
        object.field("bytes_in_flight", state.admission.bytesInFlight)
        if context.workspace.isHome {
            object.field("forwarders", json: JSONLine.array(state.forwarders.map(\.json)))
            object.field("listeners", json: JSONLine.array(state.listenerCounts.map(\.json)))
            object.field("maintenance", json: state.maintenance.json)
            object.field("configuration", json: configuration)
        }
        object.field("damaged_ranges", snapshot.damage.count)
        object.field("version", state.options.version)
        return Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: object.text + "\n")))
    }

    private var configuration: String {
        let (generation, refusal) = state.reloads.withLock { $0 }
        var object = JSONLine()
        object.field("generation", generation)
        object.field("refusal", refusal)
        return object.text
    }

    private static func object(_ projector: ProjectorStatus) -> String {
        var object = JSONLine()
        object.field("name", projector.name)
        object.field("offset", projector.offset.value)
        object.field("behind_events", projector.lagEvents)
        object.field("behind_seconds", projector.lagSeconds)
        object.field("state", projector.state.rawValue)
        object.field("events_per_second", projector.eventsPerSecond)
        return object.text
    }

    /// `GET /metrics`.
    func metrics(_ request: Request, context: ReadContext) async throws -> Response {
        let (snapshot, projectors, errors) = try await context.workspace.standing()
        var text = MetricsText()
        state.metrics.print(into: &text)
        text.gauge("varve_log_bytes", Double(snapshot.segments.reduce(UInt64(0)) { $0 + $1.bytes }))
        text.gauge("varve_log_events", Double(snapshot.segments.reduce(UInt64(0)) { $0 + $1.rows }))
        text.gauge("varve_log_segments", Double(snapshot.segments.count))
        text.gauge("varve_log_durable_offset", Double(snapshot.durable.value))
        text.gauge("varve_log_retained_offset", Double(snapshot.retained.value))
        text.gauge("varve_background_errors", Double(errors.count))
        let lags: [(name: String, value: (ProjectorStatus) -> Double)] = [
            ("varve_projector_lag_events", { Double($0.lagEvents) }), ("varve_projector_lag_seconds", { $0.lagSeconds }),
        ]
        for lag in lags {
            text.begin(lag.name, "gauge")
            for status in projectors {
                text.sample(lag.name, MetricsRegistry.labels([("projector", status.name)]), MetricsText.number(lag.value(status)))
            }
        }
        text.gauge("varve_http_connections", Double(state.connections.withLock { $0 }))
        text.gauge("varve_http_bytes_in_flight", Double(state.admission.bytesInFlight))
        ListenerCounts.print(state.listenerCounts, into: &text)
        Forwarder.print(state.forwarders, into: &text)
        text.gauge("varve_streams", Double(state.streams.withLock { $0 }))
        text.gauge("process_resident_memory_bytes", Double(ProcessUsage.memoryBytes ?? 0))
        text.begin("process_cpu_seconds_total", "counter")
        text.sample("process_cpu_seconds_total", "", MetricsText.number(ProcessUsage.cpuSeconds))
        text.begin("varve_build_info", "gauge")
        text.sample("varve_build_info", MetricsRegistry.labels([("version", state.options.version)]), "1")
        return Response(
            status: .ok, headers: [.contentType: MetricsText.mediaType], body: .init(byteBuffer: ByteBuffer(string: text.text)))
    }
}
