internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveDisk
internal import VarveEvents
internal import VarveHash
internal import VarveIngest
internal import VarveWire

/// What Prometheus and its relatives send: remote write, expositions as text, and pushes of jobs.
struct PrometheusIn: Sendable {
    let documents: DocumentIn

    /// Remote write. The same request, sent again after a lost answer, counts nothing twice: it is known by what it is.
    func write(_ request: Request, context: WriteContext) async throws -> Response {
        let isSecond = try Self.isSecond(request.headers[.contentType] ?? "")
        let place = try documents.place(request)
        defer { withExtendedLifetime(place) {} }
        let coding = (request.headers[.contentEncoding] ?? "snappy").lowercased()
        guard coding == "snappy" else {
            throw Problem(415, "unsupported_encoding", "remote write is packed with snappy, not with \(coding)")
        }
        let bytes = try await documents.plainBytes(request, place)
        try place.grow(to: documents.cost(DocumentIn.unpackedSize(bytes)))
        var decoding = DecodeOptions(isSecond ? .remoteWrite2 : .remoteWrite, now: Self.now)
        decoding.encodingOfDocument = .protobuf
        let hash = bytes.withUnsafeBytes { XXH3.hash128($0) }
        let key = BodyKey.name("remote write \(hash.high) \(hash.low)")
        let result = try await documents.take(bytes, context.workspace, decoding, key: key)
        var response = Self.answer(result, taken: .noContent)
        if isSecond {
            let tally = result.summary.tally
            for (name, count) in zip(Self.written, tally) {
                if let name = HTTPField.Name("X-Prometheus-Remote-Write-\(name)-Written") { response.headers[name] = "\(count)" }
            }
        }
        return response
    }

    private static let written = ["Samples", "Histograms", "Exemplars"]

    /// An exposition with times, as `/api/v1/import/prometheus` of VictoriaMetrics takes it; the answer is our own.
    func load(_ request: Request, context: WriteContext) async throws -> Response {
        let result = try await exposition(request, context.workspace, labels: [])
        let status = result.summary.documentProblem != nil || result.receipt.isAllRefused ? 400 : 200
        return ViewReplies.json(ReceiptText.json(result.receipt, result.refused), status: .init(code: status))
    }

    /// A push of a job, as Pushgateway takes it. The labels of the path are those of every sample.
    func push(_ request: Request, context: WriteContext) async throws -> Response {
        let labels = try Self.labels(request.uri.path)
        return Self.answer(try await exposition(request, context.workspace, labels: labels), taken: .ok)
    }

    /// A group of metrics that is deleted. The log keeps what was pushed, and there is nothing else that could be deleted.
    func delete(_ request: Request, context: WriteContext) throws -> Response {
        _ = try Self.labels(request.uri.path)
        return Response(status: .accepted)
    }

    private func exposition(
        _ request: Request, _ workspace: WritableWorkspace, labels: [MetricLabel]
    ) async throws -> DocumentIn.Result {
        let place = try documents.place(request)
        defer { withExtendedLifetime(place) {} }
        let bytes = try await documents.bytes(request, place)
        let isOpen = request.headers[.contentType]?.lowercased().hasPrefix("application/openmetrics-text") ?? false
        var decoding = DecodeOptions(isOpen || Self.endsAsOpenMetrics(bytes) ? .openMetrics : .prometheusText, now: Self.now)
        decoding.labels = labels
        return try await documents.take(bytes, workspace, decoding, key: try RequestKey.read(request.headers))
    }

    private static func endsAsOpenMetrics(_ bytes: [UInt8]) -> Bool {
        let end = bytes.last == 0x0A ? bytes.dropLast() : bytes[...]
        return end.suffix(6).elementsEqual("\n# EOF".utf8)
    }

    private static var now: Timestamp { Timestamp(nanoseconds: wallClockNanoseconds()) }

    private static func answer(_ result: DocumentIn.Result, taken: HTTPResponse.Status) -> Response {
        guard let refusal = result.summary.documentProblem ?? result.refusal else { return Response(status: taken) }
        return Response(
            status: .badRequest, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: refusal + "\n")))
    }

    private static func isSecond(_ header: String) throws(Problem) -> Bool {
        let parts = header.lowercased().split(separator: ";").map { $0.filter { $0 != " " && $0 != "\"" } }
        guard parts.first ?? "application/x-protobuf" == "application/x-protobuf" else {
            throw Problem(415, "unsupported_media_type", "remote write comes as application/x-protobuf")
        }
        switch parts.first(where: { $0.hasPrefix("proto=") }) {
        case nil, "proto=prometheus.writerequest": return false
        case "proto=io.prometheus.write.v2.request": return true
        case let other?: throw Problem(415, "unsupported_media_type", "remote write has no \(other)")
        }
    }

    /// The labels of `/metrics/job/NAME/LABEL/VALUE…`; a name with `@base64` has a value in base64.
    static func labels(_ path: String) throws(Problem) -> [MetricLabel] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2)
        let pairs = Array(parts.last?.isEmpty ?? false && parts.count % 2 == 1 ? parts.dropLast() : parts)
        guard pairs.count >= 2, pairs.count % 2 == 0, pairs.count <= 64 else {
            throw Problem(400, "bad_path", "the path is /metrics/job/NAME, and pairs of a label and its value behind it")
        }
        var labels: [MetricLabel] = []
        for place in stride(from: 0, to: pairs.count, by: 2) {
            guard var name = QueryText.decode(pairs[place], plusIsBlank: false),
                var value = QueryText.decode(pairs[place + 1], plusIsBlank: false)
            else { throw Problem(400, "bad_path", "the path is not percent-encoded UTF-8") }
            if name.hasSuffix("@base64") {
                name.removeLast(7)
                guard let text = MetricLabel.base64(value) else { throw Problem(400, "bad_path", "\(name) is no base64") }
                value = text
            }
            guard let label = MetricLabel(name, value), !labels.contains(where: { $0.name == name }) else {
                throw Problem(400, "bad_path", "\(name) is no label, or stands twice")
            }
            labels.append(label)
        }
        return labels
    }
}
