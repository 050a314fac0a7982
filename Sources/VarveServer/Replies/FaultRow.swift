/// What HTTP and gRPC call a refusal, and whether the same request can succeed later. Each status that the server answers has one
/// row.
struct FaultRow: Hashable, Sendable {
    enum Retry: Hashable, Sendable {
        case never
        /// After so many seconds, where the refusal itself does not say how many.
        case after(Int)
    }

    let http: Int
    let grpc: Int
    let retry: Retry

    static let rows: [FaultRow] = [
        FaultRow(http: 400, grpc: 3, retry: .never),
        FaultRow(http: 401, grpc: 16, retry: .never),
        FaultRow(http: 403, grpc: 7, retry: .never),
        FaultRow(http: 404, grpc: 5, retry: .never),
        FaultRow(http: 405, grpc: 12, retry: .never),
        // The body comes too slowly: gRPC's clients take DEADLINE_EXCEEDED for a reason to send it again.
        FaultRow(http: 408, grpc: 4, retry: .after(1)),
        FaultRow(http: 409, grpc: 6, retry: .never),
        FaultRow(http: 410, grpc: 11, retry: .never),
        FaultRow(http: 413, grpc: 8, retry: .never),
        FaultRow(http: 414, grpc: 3, retry: .never),
        FaultRow(http: 415, grpc: 12, retry: .never),
        FaultRow(http: 421, grpc: 9, retry: .never),
        FaultRow(http: 422, grpc: 3, retry: .never),
        FaultRow(http: 429, grpc: 8, retry: .after(1)),
        FaultRow(http: 500, grpc: 13, retry: .never),
        FaultRow(http: 503, grpc: 14, retry: .after(5)),
        FaultRow(http: 507, grpc: 14, retry: .after(30)),
    ]

    private static let byStatus = Dictionary(uniqueKeysWithValues: rows.map { ($0.http, $0) })

    /// The row of a refusal. A fault that passes is unavailability, whatever its status.
    static func of(_ problem: Problem) -> FaultRow {
        if problem.status == 500, let seconds = problem.retryAfter {
            return FaultRow(http: 503, grpc: 14, retry: .after(seconds))
        }
        return byStatus[problem.status] ?? FaultRow(http: problem.status, grpc: 2, retry: .never)
    }
}
