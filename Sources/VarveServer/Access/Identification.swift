internal import HTTPTypes

/// Who a request says it is from: by a token, or by the cookie of a session.
struct Identification: Sendable {
    /// Who it is, before it is known which tenant they mean.
    struct Person: Sendable {
        var name: String
        var kind: Caller.Kind
        var scopes: [AccessScope]
        var choice: TenantChoice
    }

    let state: ServerState
    /// Tokens a minute from one address that are none; further ones get 429.
    static let refusedPerMinute = 60

    private var cookie: SessionCookie { SessionCookie(isSecure: state.options.certificate != nil) }

    /// - Parameter shown: A secret that came otherwise than in `Authorization`.
    func person(_ headers: HTTPFields, shown: String? = nil, address: String?) throws(Problem) -> Person {
        guard state.isAccessAsked else { return Person(name: "anyone", kind: .anyone, scopes: [.admin], choice: .any) }
        if let secret = Credential.secret(headers) ?? shown {
            guard let token = state.tokens.token(of: secret) else {
                try state.refusals.check(address ?? "", perMinute: Self.refusedPerMinute)
                throw Problem(401, "unauthorized", "the token is none, was revoked, or has expired")
            }
            return Person(name: token.id, kind: .token, scopes: token.scopes, choice: token.tenants)
        }
        guard headers[.authorization] == nil else {
            throw Problem(401, "unauthorized", "Authorization is not Bearer and a token")
        }
        guard let secret = cookie.secret(headers), let user = state.sessions.user(of: secret) else { throw .unauthorized }
        return Person(name: user.name, kind: .session(user, secret: secret), scopes: user.role.scopes, choice: user.tenants)
    }
}
