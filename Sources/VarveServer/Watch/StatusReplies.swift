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
        let keeping = Double(state.options.retentionDays) * 86_400
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        let losses = projectors.compactMap { $0.secondsUntilUnreadIsDeleted(keeping: keeping, now: now) }
        var object = JSONObjectText()
        object.add("offset", snapshot.durable.value)
        object.add("durable", snapshot.durable.value)
        object.add("bytes", snapshot.segments.reduce(UInt64(0)) { $0 + $1.bytes })
        var retention = JSONObjectText()
        retention.add("days", state.options.retentionDays)
        retention.add("first_offset", snapshot.retained.value)
        retention.add("segments", snapshot.segments.count)
        retention.add("oldest", snapshot.segments.lazy.compactMap(\.observed).first.map { RFC3339.text($0.lowerBound) })
        object.add("retention", json: retention.text)
        object.add("projectors", json: JSONObjectText.array(projectors.map(Self.object)))
        object.add("distance_to_loss", losses.min().map { max(0, $0) })
        object.add("background_errors", json: JSONObjectText.array(errors.map(Self.object)))
        object.add("memory_bytes", ProcessUsage.memoryBytes)
        object.add("cpu_seconds", ProcessUsage.cpuSeconds)
        object.add("uptime_seconds", (ContinuousClock().now - state.started) / .seconds(1))
        object.add("connections", state.connections.withLock { $0 })
        object.add("streams", state.streams.withLock { $0 })
        object.add("bytes_in_flight", state.admission.bytesInFlight)
        object.add("damaged_ranges", snapshot.damage.count)
        object.add("version", state.options.version)
        return Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: object.text + "\n")))
    }

    private static func object(_ projector: ProjectorStatus) -> String {
        var object = JSONObjectText()
        object.add("name", projector.name)
        object.add("offset", projector.offset.value)
        object.add("behind_events", projector.lagEvents)
        object.add("behind_seconds", projector.lagSeconds)
        object.add("state", projector.state.rawValue)
        object.add("events_per_second", projector.eventsPerSecond)
        return object.text
    }

    private static func object(_ error: BackgroundError) -> String {
        var object = JSONObjectText()
        object.add("since", RFC3339.text(error.since))
        object.add("place", error.place)
        object.add("message", error.message)
        object.add("count", error.count)
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
