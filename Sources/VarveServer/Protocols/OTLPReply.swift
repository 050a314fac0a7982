internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveWire

/// Answers as OTLP/HTTP has them: in the encoding of the request, whatever they say.
struct OTLPReply {
    let encoding: DocumentEncoding
    /// What refused records are called in an answer of JSON.
    let rejectedName: String

    private var type: String { encoding == .json ? "application/json" : "application/x-protobuf" }

    /// All was taken, or all but what `refusal` says.
    func taken(rejected: Int, refusal: String?) -> Response {
        guard encoding == .json else { return response(200, Self.message(rejected: rejected, refusal: refusal)) }
        guard let refusal else { return response(200, Array("{}".utf8)) }
        var partial = JSONLine()
        partial.field(rejectedName, "\(rejected)")
        partial.field("errorMessage", refusal)
        return response(200, Array("{\"partialSuccess\":\(partial.text)}".utf8))
    }

    /// An export's response in protobuf: nothing where all was taken.
    static func message(rejected: Int, refusal: String?) -> [UInt8] {
        guard let refusal else { return [] }
        var partial = ProtobufWriter()
        partial.varint(1, UInt64(rejected))
        partial.text(2, refusal)
        var message = ProtobufWriter()
        message.data(1, partial.bytes)
        return message.bytes
    }

    /// A `google.rpc.Status`. OTLP's clients try again after 429, 502, 503 and 504 and after nothing else, so what passes is one
    /// of those.
    func refused(_ problem: Problem) -> Response {
        var problem = problem
        if problem.status == 507 || problem.status == 500 && problem.retryAfter != nil { problem.status = 503 }
        if problem.status == 503 && problem.retryAfter == nil { problem.retryAfter = 5 }
        let code = FaultRow.of(problem).grpc
        let bytes: [UInt8]
        if encoding == .json {
            var status = JSONLine()
            status.field("code", code)
            status.field("message", problem.detail)
            bytes = Array(status.text.utf8)
        } else {
            var status = ProtobufWriter()
            status.varint(1, UInt64(code))
            status.text(2, problem.detail)
            bytes = status.bytes
        }
        var response = response(problem.status, bytes)
        if let seconds = problem.retryAfter { response.headers[.retryAfter] = "\(seconds)" }
        return response
    }

    private func response(_ status: Int, _ bytes: [UInt8]) -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: type, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
