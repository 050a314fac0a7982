internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveIngest
internal import VarveWire

/// CloudEvents over HTTP: structured, batched, and binary, which is told from the header fields.
struct CloudEventsIn: Sendable {
    let documents: DocumentIn

    func post(_ request: Request, context: WriteContext) async throws -> Response {
        let type = (request.headers[.contentType] ?? "").lowercased()
        let isEvent = type.hasPrefix("application/cloudevents")
        let result = try await documents.take(request, context.workspace, .cloudEvents, change: { _ in }) { bytes in
            if isEvent {
                guard type.hasPrefix("application/cloudevents+json") || type.hasPrefix("application/cloudevents-batch+json")
                else {
                    throw Problem(415, "unsupported_media_type", "CloudEvents come as JSON, not as \(type)")
                }
                return bytes
            }
            return try Self.structured(request.headers, type, bytes)
        }
        let status = result.summary.documentProblem != nil || result.receipt.isAllRefused ? 400 : 200
        return ViewReplies.json(ReceiptText.json(result.receipt, result.refused), status: .init(code: status))
    }

    /// What a sender asks before it sends: whether this receiver wants its events.
    func options(_ request: Request, context: RootContext) -> Response {
        var headers: HTTPFields = [.allow: "POST, OPTIONS"]
        if let asked = HTTPField.Name("WebHook-Request-Origin"), let origin = request.headers[asked],
            let allowed = HTTPField.Name("WebHook-Allowed-Origin"), let rate = HTTPField.Name("WebHook-Allowed-Rate")
        {
            headers[allowed] = origin
            headers[rate] = "*"
        }
        return Response(status: .noContent, headers: headers)
    }

    /// A binary event as JSON: its attributes are header fields, its data is the body.
    private static func structured(_ headers: HTTPFields, _ type: String, _ body: [UInt8]) throws(Problem) -> [UInt8] {
        var event = JSONLine()
        var names: Set<String> = []
        for field in headers where field.name.canonicalName.hasPrefix("ce-") {
            let name = String(field.name.canonicalName.dropFirst(3))
            let isName = !name.isEmpty && name != "data" && name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber) }
            var text = field.value[...]
            if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") { text = text.dropFirst().dropLast() }
            guard isName, names.insert(name).inserted, let value = QueryText.decode(text, plusIsBlank: false) else {
                throw Problem(400, "bad_attribute", "\(field.name) is no attribute of a CloudEvent")
            }
            event.field(name, value)
        }
        guard names.contains("specversion") else {
            throw Problem(
                415, "unsupported_media_type", "this is no CloudEvent: it has no ce-specversion, and its type is \(type)")
        }
        if !type.isEmpty { event.field("datacontenttype", type) }
        let isJSON = type.isEmpty || type.hasPrefix("application/json") || type.contains("+json")
        if isJSON, body.contains(where: { $0 > 0x20 }) {
            guard let text = String(validating: body, as: UTF8.self) else {
                throw Problem(400, "invalid_utf8", "the body is not UTF-8")
            }
            event.field("data", json: text)
        } else if type.hasPrefix("text/"), let text = String(validating: body, as: UTF8.self) {
            event.field("data", text)
        } else if !body.isEmpty {
            event.field("data_base64", JSONLine.base64(body))
        }
        return Array(event.text.utf8)
    }
}
