internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization
internal import VarveWire

/// Elasticsearch's `_bulk`, and what its clients ask before they use it. There is nothing to search here.
struct ElasticIn: Sendable {
    let documents: DocumentIn

    func bulk(_ request: Request, context: WriteContext) async throws -> Response {
        let clock = ContinuousClock()
        let start = clock.now
        let index = context.parameters.get("index").flatMap { QueryText.decode($0) } ?? ""
        let actions = Mutex<[BulkAction]>([])
        let most = documents.state.options.limits.bulkItems
        let result: DocumentIn.Result
        do {
            result = try await documents.take(
                request, context.workspace, .elasticBulk, most: .max,
                change: { $0.index = index },
                prepare: { bytes in
                    let found = BulkAction.read(bytes, index: index, most: most + 1)
                    guard found.count <= most else {
                        throw Problem(413, "too_many_items", "a bulk request has more than \(most) items; send them in several")
                    }
                    actions.withLock { $0 = found }
                    return bytes
                })
        } catch {
            guard let problem = Problem(error) else { throw error }
            return Self.refused(problem)
        }
        if let fault = result.summary.documentProblem {
            return Self.refused(Problem(400, "illegal_argument_exception", fault))
        }
        var refused: [Int: Rejection] = [:]
        for rejection in result.refused { refused[rejection.line] = rejection }
        let items = actions.withLock { $0 }.enumerated().map { Self.item($1, refused[$0 + 1], $0) }
        var answer = JSONLine()
        answer.field("took", Int((clock.now - start) / .milliseconds(1)))
        answer.field("errors", !refused.isEmpty)
        answer.field("items", json: JSONLine.array(items))
        return Self.json(answer.text)
    }

    private static func item(_ action: BulkAction, _ rejection: Rejection?, _ place: Int) -> String {
        var item = JSONLine()
        item.field("_index", action.index)
        item.field("_id", action.id ?? "\(place + 1)")
        if let rejection {
            var error = JSONLine()
            error.field("type", "document_parsing_exception")
            error.field("reason", rejection.message)
            item.field("status", 400)
            item.field("error", json: error.text)
        } else {
            item.field("_version", 1)
            item.field("result", "created")
            item.field("_shards", json: "{\"total\":1,\"successful\":1,\"failed\":0}")
            item.field("status", 201)
        }
        var all = JSONLine()
        all.field(action.name, json: item.text)
        return all.text
    }

    /// The greeting. Clients look for the product's name in a header field, and for the version.
    func greeting(_ request: Request, context: WriteContext) -> Response { Self.welcome }

    static var welcome: Response {
        json(
            """
            {"name":"varve","cluster_name":"varve","cluster_uuid":"varve","version":{"number":"8.15.0","build_flavor":"default",\
            "build_type":"deb","build_hash":"varve","build_date":"2026-01-01T00:00:00.000Z","build_snapshot":false,\
            "lucene_version":"9.11.1","minimum_wire_compatibility_version":"7.17.0",\
            "minimum_index_compatibility_version":"7.0.0"},"tagline":"You Know, for Search"}
            """)
    }

    func license(_ request: Request, context: WriteContext) -> Response {
        Self.json(
            "{\"license\":{\"status\":\"active\",\"uid\":\"varve\",\"type\":\"basic\",\"issuer\":\"varve\"}}"
        )
    }

    func xpack(_ request: Request, context: WriteContext) -> Response {
        Self.json("{\"license\":{\"status\":\"active\",\"mode\":\"basic\",\"type\":\"basic\"},\"features\":{}}")
    }

    func health(_ request: Request, context: WriteContext) -> Response {
        Self.json("{\"cluster_name\":\"varve\",\"status\":\"green\",\"timed_out\":false,\"number_of_nodes\":1}")
    }

    /// Templates, pipelines and policies say how documents are to be indexed. There is no index: they are taken and mean nothing.
    func acknowledge(_ request: Request, context: WriteContext) -> Response { Self.json("{\"acknowledged\":true}") }

    /// Whether a client of Elasticsearch asks: it understands no other refusal than its own.
    static func isAsked(by request: Request) -> Bool {
        let path = request.uri.path
        if path.hasPrefix("/elasticsearch") || path.hasSuffix("/_bulk") { return true }
        return request.headers[.accept]?.contains("application/vnd.elasticsearch+json") ?? false
    }

    static func refused(_ problem: Problem) -> Response {
        var error = JSONLine()
        error.field("type", problem.status == 429 || problem.status == 503 ? "es_rejected_execution_exception" : problem.code)
        error.field("reason", problem.detail)
        var answer = JSONLine()
        answer.field("error", json: error.text)
        // Clients of Elasticsearch wait and send again after 429.
        let status = problem.status == 503 || problem.status == 507 ? 429 : problem.status
        answer.field("status", status)
        var response = json(answer.text, status: status)
        if let seconds = problem.retryAfter { response.headers[.retryAfter] = "\(seconds)" }
        return response
    }

    private static func json(_ text: String, status: Int = 200) -> Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let name = HTTPField.Name("X-Elastic-Product") { headers[name] = "Elasticsearch" }
        return Response(status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
