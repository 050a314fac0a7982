internal import VarveWire

extension RouteDescription.Parameter {
    /// The parameters of these names, by name, with what they mean wherever they occur.
    static func shared(_ names: Set<String>) -> [Self] {
        names.sorted().map { Self(name: $0, meaning: meanings[$0] ?? "As the flag of the same name.") }
    }

    private static let meanings = [
        "at": "As of the past: an offset (the first so many events), or a time of appending.",
        "avg": "A field whose mean is asked for; may be given several times.",
        "bucket": "minute, hour, day or all.",
        "by": "What to group by, comma-separated; none merges all.",
        "component": "Only events of this component.",
        "count": "1 for the number of events; the default without another measure.",
        "cursor": "What Varve-Next-Cursor said, for the next page.",
        "distinct": "A field whose different values are counted; may be given several times.",
        "envelope": "1 for one JSON object: the rows, and how complete they are.",
        "format": "json, csv, ndjson or parquet.",
        "fresh": "1 to fold everything durable now, instead of reading the projector's rows.",
        "from": "Event time from: \(MomentText.forms).",
        "id": "Only the event with this id.",
        "limit": "How many at most.",
        "max": "A field whose maximum is asked for; may be given several times.",
        "min": "A field whose minimum is asked for; may be given several times.",
        "name": "The projector whose rows are read; by default main.",
        "order": "asc, the default, or desc.",
        "p50": "A field whose median is asked for; may be given several times.",
        "p95": "A field whose 95th percentile is asked for; may be given several times.",
        "p99": "A field whose 99th percentile is asked for; may be given several times.",
        "quantile": "Another percentile of a field, as 0.999:duration_ms; may be given several times.",
        "session": "Only events of this session.",
        "signal": "Only events of this signal; * stands for any letters. May be given several times.",
        "sort": "The column to sort by; COLUMN:desc for the largest first.",
        "sum": "A field whose sum is asked for; may be given several times.",
        "table": "Of a sequential view: one of its tables.",
        "to": "Event time up to, exclusive; as from.",
        "top": "So many rows with the largest values of sort, or else of the first measure.",
        "user": "Only events of this user.",
        "where": "A condition, as status>=500 or component=\"Pay Button\"; all must hold. May be given several times.",
    ]
}
