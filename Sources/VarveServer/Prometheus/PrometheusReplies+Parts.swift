internal import Hummingbird
internal import NIOCore
internal import VarveDisk
internal import VarvePromQL
internal import VarveWire
internal import VarveWorkspace

/// What the answers have in common.
extension PrometheusReplies {
    static func answer(_ body: () async throws -> [UInt8]) async throws -> Response {
        do {
            return reply(try await body())
        } catch {
            let problem = PrometheusProblem(error)
            return reply(Array(problem.json.utf8), status: problem.status)
        }
    }

    static func reply(_ bytes: [UInt8], status: Int = 200) -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: "application/json", .cacheControl: "no-cache"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func query(_ parameters: PrometheusParameters, named name: String?) throws(PrometheusProblem) -> PromQLQuery {
        let text = parameters.first("query") ?? ""
        do throws(PromQLError) {
            return try PromQLQuery(text)
        } catch {
            throw PrometheusProblem(error, in: text, parameter: name)
        }
    }

    /// Ends a query that takes too long.
    static func interrupt(_ parameters: PrometheusParameters) throws(PrometheusProblem) -> @Sendable () -> PromQLError? {
        let asked = try parameters.duration("timeout") ?? timeoutMax
        let deadline = ContinuousClock().now + .milliseconds(max(0, min(asked, timeoutMax)))
        return {
            ContinuousClock().now < deadline ? nil : PromQLError(.stopped, "query timed out in expression evaluation")
        }
    }

    /// Milliseconds since 1970.
    static var now: Int64 { wallClockNanoseconds() / 1_000_000 }

    /// The labels of the series that match one of the sets, or of all, each once and in order.
    static func labels(
        _ parameters: PrometheusParameters, _ sets: [[LabelMatcher]], _ context: ReadContext
    ) async throws -> [Labels] {
        let start = try parameters.time("start", or: -PromQLQuery.timeMax)
        let end = try parameters.time("end", or: PromQLQuery.timeMax)
        return try await context.workspace.evaluate { series throws(PromQLError) in
            do {
                var found: Set<Labels> = []
                for matchers in sets.isEmpty ? [[]] : sets {
                    found.formUnion(try series.labels(matchers, from: start, to: end))
                }
                return found.sorted()
            } catch let error as PromQLError {
                throw error
            } catch {
                throw PromQLError(.source, "the series cannot be read", cause: error)
            }
        }
    }

    /// The first ones, as `limit` says; 0 is none.
    static func limited<Element>(_ elements: [Element], _ parameters: PrometheusParameters) -> [Element] {
        guard let limit = parameters.first("limit").flatMap({ Int($0) }), limit > 0 else { return elements }
        return Array(elements.prefix(limit))
    }

    static func texts(_ texts: [String]) -> String { JSONLine.array(texts.map { JSONLine.string($0) }) }
}
