internal import Hummingbird
internal import VarveAlerts
internal import VarveDisk
internal import VarveEvents
internal import VarvePages

/// Forms of the page of settings: tokens, and messages that try a channel.
struct SettingsForms: Sendable {
    let state: ServerState
    private var forms: FormReplies { FormReplies(state: state) }
    private static let nameMax = 100

    /// `POST /settings/tokens`: the answer is the page, with the secret, this once.
    func makeToken(_ request: Request, context: FormContext<AdminForm>) async throws -> Response {
        var made: (name: String, secret: String)?
        let reply = try await forms.reply(request, context, page: "/settings") { form in
            guard let name = form.first("name"), name.count <= Self.nameMax else {
                throw Problem(422, "bad_form", "a token has a name of at most \(Self.nameMax) letters")
            }
            let scopes = form.all("scope").compactMap { AccessScope(rawValue: $0) }
            guard !scopes.isEmpty else { throw Problem(422, "bad_form", "a token may do at least one thing") }
            var expires: Timestamp?
            if let text = form.first("expires") {
                guard let length = RuleDuration.parse(text), length > 0 else {
                    throw Problem(422, "bad_form", "a token is for a time as 90d, not “\(text)”")
                }
                expires = Timestamp(nanoseconds: wallClockNanoseconds()) + .nanoseconds(length)
            }
            let (tokens, until) = (state.tokens, expires)
            let token = try await onOwnThread { try tokens.create(name: name, scopes: scopes, expires: until) }
            made = (name, token.secret)
            return nil
        }
        guard let made else { return reply }
        return try await page(request, context) { $0.made = made }
    }

    /// `POST /settings/tokens/{id}/revoke`
    func revoke(_ request: Request, context: FormContext<AdminForm>) async throws -> Response {
        let id = try context.pathParameter("id")
        return try await forms.reply(request, context, page: "/settings") { _ in
            let tokens = state.tokens
            guard try await onOwnThread({ try tokens.revoke(id) }) else {
                throw Problem(404, "unknown_token", "there is no such token")
            }
            return nil
        }
    }

    /// `POST /settings/channels/{name}/test`: one attempt, and what became of it.
    func tryChannel(_ request: Request, context: FormContext<AdminForm>) async throws -> Response {
        let name = try context.pathParameter("name")
        var tried: (channel: String, isDelivered: Bool, text: String)?
        let reply = try await forms.reply(request, context, page: "/settings") { _ in
            let delivery = state.options.alerts?.delivery ?? DeliverySettings()
            guard let outcome = await delivery.sendTest(to: name) else {
                throw Problem(404, "unknown_channel", "there is no such channel")
            }
            tried = (name, outcome.isDelivered, outcome.text)
            return nil
        }
        guard let tried else { return reply }
        return try await page(request, context) { $0.tried = tried }
    }

    /// The page of settings, with what this request came to.
    private func page(
        _ request: Request, _ context: FormContext<AdminForm>, _ change: (inout ServerSettings) -> Void
    ) async throws -> Response {
        var sources = try await PageSourcing(state: state).sources(context.access, context.workspace, for: "/settings")
        var settings = sources.settings ?? ServerSettings()
        change(&settings)
        sources.settings = settings
        return try await PageReplies(state: state).page(PageState(path: "/settings"), request, context.workspace, sources)
    }
}
