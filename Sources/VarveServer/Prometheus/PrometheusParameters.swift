internal import Hummingbird
internal import VarveEvents
internal import VarvePromQL
internal import VarveWire

/// The parameters of a request in Prometheus' manner: from a form and from the query, of which the form's come first, with any
/// method. Names that mean nothing are passed over, since clients send what newer servers know.
struct PrometheusParameters: Sendable {
    private let form: QueryText?
    private let query: QueryText
    /// Bytes of a form.
    private static let formMax = 1 << 20

    init(_ request: Request) async throws {
        query = try QueryText(request)
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else {
            form = nil
            return
        }
        let body = try await request.body.collect(upTo: Self.formMax)
        form = try QueryText("?" + String(buffer: body))
    }

    /// Nil for one that is missing or empty.
    func first(_ name: String) -> String? {
        let value = form?.first(name) ?? query.first(name)
        return value.flatMap { $0.isEmpty ? nil : $0 }
    }

    func all(_ name: String) -> [String] { (form?.all(name) ?? []) + query.all(name) }

    /// Seconds since 1970 or RFC 3339, as milliseconds.
    func time(_ name: String, or fallback: Int64? = nil) throws(PrometheusProblem) -> Int64 {
        guard let text = first(name) else {
            if let fallback { return fallback }
            throw .parameter(name, "cannot parse \"\" to a valid timestamp")
        }
        if let seconds = GoText.double(text), seconds.magnitude < Double(PromQLQuery.timeMax / 1000) {
            // As Go does it: whole seconds, and the rest cut to nanoseconds.
            let whole = seconds.rounded(.towardZero)
            let rest = ((seconds - whole) * 1000).rounded(.toNearestOrAwayFromZero) / 1000
            let nanoseconds = Int64(rest * 1e9)
            return Int64(whole) * 1000 + nanoseconds / 1_000_000 - (nanoseconds % 1_000_000 < 0 ? 1 : 0)
        }
        if let moment = MomentText(text), moment.hasZone {
            let nanoseconds = moment.timestamp.nanoseconds
            return nanoseconds / 1_000_000 - (nanoseconds % 1_000_000 < 0 ? 1 : 0)
        }
        throw .parameter(name, "cannot parse \(GoText.quoted(text)) to a valid timestamp")
    }

    /// Seconds or `1h30m`, as milliseconds; nil for one that is missing.
    func duration(_ name: String) throws(PrometheusProblem) -> Int64? {
        guard let text = first(name) else { return nil }
        if let seconds = GoText.double(text), seconds.magnitude < 9e9 { return Int64(seconds * 1000) }
        do throws(PromQLError) {
            return try DurationText.milliseconds(text)
        } catch {
            throw .parameter(name, "cannot parse \(GoText.quoted(text)) to a valid duration")
        }
    }

    /// The selectors of `match[]`.
    func matchers() throws(PrometheusProblem) -> [[LabelMatcher]] {
        var sets: [[LabelMatcher]] = []
        for text in all("match[]") {
            let matchers: [LabelMatcher]
            do throws(PromQLError) {
                matchers = try PromQLQuery.matchers(text)
            } catch {
                throw PrometheusProblem(error, in: text, parameter: "match[]")
            }
            guard matchers.contains(where: { !$0.matches("") }) else {
                throw PrometheusProblem(.badData, "match[] must contain at least one non-empty matcher")
            }
            sets.append(matchers)
        }
        return sets
    }
}
