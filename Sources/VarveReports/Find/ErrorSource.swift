internal import VarveAnalysis
internal import VarveEvents
internal import VarveProjections

/// A kind of event that is an error, and which of its fields say what, where and with which status.
struct ErrorSource {
    var signal: String
    var conditions: [FieldCondition] = []
    /// The first of these that has a value is the message.
    var message: [String]
    var path: String?
    var status: String?

    static let all: [ErrorSource] = [
        ErrorSource(
            signal: "http.request", conditions: [FieldCondition("status", .greaterOrEqual, "500")], message: [], path: "path",
            status: "status"),
        ErrorSource(signal: "error_boundary.triggered", message: ["error_message", "error_type"], path: "component"),
        ErrorSource(signal: "retry.failure", message: ["final_error"], path: "api_endpoint"),
        ErrorSource(signal: "js.error", message: ["message"], path: "url"),
        ErrorSource(signal: "js.unhandled_rejection", message: ["message"], path: "url"),
        ErrorSource(
            signal: "log.entry", conditions: [FieldCondition("level", .equal, "error")], message: ["message"], path: "path"),
        ErrorSource(
            signal: "db.query", conditions: [FieldCondition("success", .equal, "false")], message: ["error"], path: "type"),
        ErrorSource(
            signal: "otel.span", conditions: [FieldCondition("status", .equal, "error")], message: ["name"], path: "component"),
    ]
}

/// Errors of one kind in one bucket.
struct ErrorRow {
    var time: Timestamp
    var signal: String
    var message: String
    var path: String
    var status: String?
    var count: Int
}

extension AnalysisRows {
    /// All errors in the range of the question, by bucket.
    func errors(_ question: AnalysisQuestion, bucket: BucketLevel) throws -> [ErrorRow] {
        var found: [ErrorRow] = []
        let known = try signals()
        for source in ErrorSource.all where known.contains(source.signal) {
            let fields = source.message + [source.path, source.status].compactMap(\.self)
            var request = question.query([source.signal], by: fields, bucket: bucket)
            request.conditions += source.conditions
            for row in try query(request) {
                guard let time = row.time, let count = row["count"]?.number else { continue }
                let status = source.status.flatMap { row[$0]?.text }
                let message = source.message.lazy.compactMap { row[$0]?.text }.first
                found.append(
                    ErrorRow(
                        time: time, signal: source.signal, message: message ?? status.map { "status \($0)" } ?? source.signal,
                        path: source.path.flatMap { row[$0]?.text } ?? "-", status: status, count: Int(min(count, 9e15))))
            }
        }
        return found
    }
}
