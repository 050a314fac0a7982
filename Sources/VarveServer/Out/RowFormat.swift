internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveEvents
internal import VarveHash
internal import VarveLog
internal import VarveProjections
internal import VarveViews
internal import VarveWire
internal import VarveWorkspace

/// In which form rows are sent.
enum RowFormat: Sendable {
    case json, envelope, csv, lines, parquet

    static let parquetType = "application/vnd.apache.parquet"

    /// By the query, else by what the client accepts.
    init(_ query: QueryText, _ headers: HTTPFields) throws(Problem) {
        let wantsEnvelope = try query.flag("envelope")
        switch query.first("format") {
        case "json": self = wantsEnvelope ? .envelope : .json
        case "csv": self = .csv
        case "ndjson": self = .lines
        case "parquet": self = .parquet
        case nil:
            let accept = headers[.accept] ?? ""
            if wantsEnvelope {
                self = .envelope
            } else if accept.contains("text/csv") {
                self = .csv
            } else {
                self = accept.contains("application/x-ndjson") ? .lines : .json
            }
        case .some: throw .badParameter("format", "json, csv, ndjson or parquet")
        }
        if wantsEnvelope, case .envelope = self {
        } else if wantsEnvelope {
            throw .badParameter("envelope", "only JSON has one; other formats have it in headers")
        }
    }

    /// Answers, or says that nothing has changed since the client asked last.
    func reply(_ answer: ViewAnswer, to request: Request) -> Response {
        var headers: HTTPFields = [
            .varveOffset: "\(answer.offset)", .varveBehind: "\(answer.behindEvents)",
            .varveCompleteFrom: "\(answer.completeFrom)",
        ]
        if answer.from != nil || answer.to != nil {
            let ends = [answer.from, answer.to].map { end in end.map { answer.zone.text($0) } ?? "" }
            headers[.varveRange] = ends.joined(separator: "/")
        }
        headers[.varveDamaged] = Self.missing(answer.gaps.map(\.offsets))
        return reply(AnswerText(answer), headers, envelope: AnswerEnvelope.members(answer), to: request)
    }

    /// The answer to a question of its own, which no store keeps.
    func reply(_ answer: QueryAnswer, to request: Request) -> Response {
        var headers: HTTPFields = [
            .varveOffset: "\(answer.upTo)", .varveBehind: "\(answer.behindEvents)", .varveCompleteFrom: "\(answer.from)",
        ]
        if answer.request.from != nil || answer.request.to != nil {
            let ends = [answer.request.from, answer.request.to].map { end in end.map { RFC3339.text($0) } ?? "" }
            headers[.varveRange] = ends.joined(separator: "/")
        }
        headers[.varveDamaged] = Self.missing(answer.damaged.map(\.offsets))
        return reply(AnswerText(answer), headers, envelope: AnswerEnvelope.members(answer), to: request)
    }

    /// Offsets whose events an answer lacks, as a header; nil if it lacks none.
    static func missing(_ ranges: [Range<UInt64>]) -> String? {
        let ranges = ranges.filter { !$0.isEmpty }
        guard !ranges.isEmpty else { return nil }
        return ranges.prefix(16).map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }

    private func reply(_ text: AnswerText, _ headers: HTTPFields, envelope: String, to request: Request) -> Response {
        var headers = headers
        let body: String
        switch self {
        case .parquet:
            headers[.contentType] = Self.parquetType
            headers[.cacheControl] = "no-cache"
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: text.parquet)))
        case .json: (body, headers[.contentType]) = (text.json, "application/json")
        case .envelope:
            (body, headers[.contentType]) = ("{\(envelope),\"rows\":" + text.json.dropLast() + "}\n", "application/json")
        case .csv: (body, headers[.contentType]) = (text.csv, "text/csv; charset=utf-8")
        case .lines: (body, headers[.contentType]) = (text.lines, "application/x-ndjson")
        }
        headers[.cacheControl] = "no-cache"
        let tag = "\"\(String(XXH3.hash64(body), radix: 16))-\(headers[.varveOffset] ?? "")\""
        headers[.eTag] = tag
        let seen = (request.headers[.ifNoneMatch] ?? "").split(separator: ",").map(Self.bare)
        if seen.contains(tag) || seen.contains("*") {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
    }

    private static func bare(_ tag: Substring) -> String {
        let tag = tag.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        let text = String(tag)
        return text.hasPrefix("W/") ? String(text.dropFirst(2)) : text
    }
}
