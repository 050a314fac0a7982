/// Text in Prometheus' format 0.0.4, metric by metric.
struct MetricsText {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"
    private(set) var text = ""
    private var begun: Set<String> = []

    mutating func begin(_ name: String, _ kind: String, _ help: String? = nil) {
        guard begun.insert(name).inserted else { return }
        text += "# HELP \(name) \(help ?? Self.help[name] ?? name.replacing("_", with: " "))\n# TYPE \(name) \(kind)\n"
    }

    mutating func sample(_ name: String, _ labels: String = "", _ value: String) { text += "\(name)\(labels) \(value)\n" }

    /// A metric of one sample.
    mutating func gauge(_ name: String, _ value: Double) {
        begin(name, "gauge")
        sample(name, "", Self.number(value))
    }

    mutating func histogram(_ name: String, _ labels: String, _ cell: HistogramCell) {
        let counts = cell.counts
        let inner = labels.isEmpty ? "" : labels.dropFirst().dropLast() + ","
        var sum: UInt64 = 0
        for (index, count) in counts.buckets.enumerated() {
            sum += count
            let bound = index < HistogramCell.bounds.count ? Self.number(HistogramCell.bounds[index]) : "+Inf"
            sample("\(name)_bucket", "{\(inner)le=\"\(bound)\"}", "\(sum)")
        }
        sample("\(name)_sum", labels, Self.number(counts.sum))
        sample("\(name)_count", labels, "\(counts.count)")
    }

    static func number(_ value: Double) -> String {
        value.rounded() == value && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static let help = [
        "varve_ingest_records_total": "Records received, by what became of them.",
        "varve_ingest_rejected_total": "Records refused, by reason.",
        "varve_append_duration_seconds": "From handing events to the log to durable.",
        "varve_answer_duration_seconds": "How long an answer about a view took.",
        "varve_http_requests_total": "Requests answered, by route, method and status.",
        "varve_http_request_duration_seconds": "From the head of a request to the end of its answer, by route.",
        "varve_log_bytes": "Bytes of all segments.",
        "varve_log_events": "Events in the log.",
        "varve_log_segments": "Segments of the log.",
        "varve_log_durable_offset": "Every event below is on disk.",
        "varve_projector_lag_events": "Durable events that a projector has not folded.",
        "varve_projector_lag_seconds": "For how long the first of them has been in the log.",
        "varve_forward_records_total": "Records that were forwarded, by forwarder.",
        "varve_forward_requests_total": "Requests that ended, by forwarder.",
        "varve_forward_attempts_total": "Attempts of them.",
        "varve_forward_refused_total": "Requests that the receiver refused for what was in them.",
        "varve_forward_left_out_total": "Records that the format cannot say.",
        "varve_forward_lost_total": "Events that retention removed before they were sent.",
        "varve_listener_received_total": "Datagrams and messages of connections, by listener.",
        "varve_listener_received_bytes_total": "Their bytes.",
        "varve_listener_dropped_total": "Those for which there was no room, or which never became complete.",
        "varve_listener_broken_total": "Datagrams and connections whose bytes are none of the protocol's.",
        "varve_listener_appended_total": "Events that were appended of them.",
        "varve_listener_duplicate_total": "Events of them that were in the log before.",
        "varve_listener_rejected_total": "Records of them that were refused.",
        "varve_build_info": "Always 1; the version is a label.",
    ]
}
