/// Why a call was refused, in gRPC's words.
package struct GRPCRefusal: Error, Hashable, Sendable {
    /// gRPC's number of the code.
    package var code: Int
    package var message: String
    /// A `google.rpc.Status`, for the trailer `grpc-status-details-bin`. Where trying again can help it holds a `RetryInfo`:
    /// without one, OTLP's clients take RESOURCE_EXHAUSTED for final.
    package var details: [UInt8]

    init(_ problem: Problem) {
        let row = FaultRow.of(problem)
        (code, message) = (row.grpc, problem.detail)
        var status = ProtobufWriter()
        status.varint(1, UInt64(row.grpc))
        status.text(2, problem.detail)
        if case .after(let usual) = row.retry {
            var delay = ProtobufWriter()
            delay.varint(1, UInt64(clamping: problem.retryAfter ?? usual))
            var retry = ProtobufWriter()
            retry.data(1, delay.bytes)
            var detail = ProtobufWriter()
            detail.text(1, "type.googleapis.com/google.rpc.RetryInfo")
            detail.data(2, retry.bytes)
            status.data(3, detail.bytes)
        }
        details = status.bytes
    }
}
