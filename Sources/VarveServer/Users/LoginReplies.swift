internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarvePages

/// Logging in and out, and one's own account.
struct LoginReplies: Sendable {
    let state: ServerState
    /// Log-ins a minute: tries from one address, and for one name from anywhere.
    static let perAddress = 20
    static let perName = 30

    private var cookie: SessionCookie { SessionCookie(isSecure: state.options.certificate != nil) }

    /// `GET /login`.
    func page(_ request: Request, context: RootContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["next"])
        return form(request, next: Self.local(query.first("next") ?? ""), fault: nil, status: .ok)
    }

    /// `POST /login`: a session, or the form again. It takes as long for a name that nobody has.
    func login(_ request: Request, context: RootContext) async throws -> Response {
        var request = request
        let form = try await FormBody(&request)
        let next = Self.local(form["next"])
        guard let visit = cookie.visit(request.headers), AccessSecret.isEqual(form["csrf"], Session.formToken(of: visit)) else {
            return self.form(request, next: next, fault: "The form was too old. Please try again.", status: .forbidden)
        }
        let (name, password) = (form["name"], form["password"])
        let user = state.users.active(name)
        do throws(Problem) {
            try state.logins.check("address " + (context.address ?? ""), perMinute: Self.perAddress)
            try state.logins.check("name " + name, perMinute: Self.perName)
        } catch {
            try await record(.loginRefused, user, context, "too many tries")
            throw error
        }
        let hash = user?.hash ?? PasswordHash.ofNobody
        let isRight = try await state.passwords.run { password.utf8.count <= 1_024 && PasswordHash.verify(password, hash) }
        guard isRight, let user else {
            try await record(.loginRefused, user, context, "name or password is wrong")
            return self.form(request, next: next, fault: "The name or the password is wrong.", status: .unauthorized)
        }
        let secret = try await onOwnThread { [state] in try state.sessions.begin(user) }
        try await record(.login, user, context, nil)
        return redirect(next, cookies: cookie.begin(secret))
    }

    /// `POST /logout`: this session is over, or with `all` every one of this user.
    func logout(_ request: Request, context: RootContext) async throws -> Response {
        guard let caller = context.caller, case .session(let user, let secret) = caller.kind else {
            return redirect("/login", cookies: [])
        }
        var request = request
        let all = FormBody.isForm(request) ? try await FormBody(&request)["all"] : ""
        try await onOwnThread { [state] in
            if all.isEmpty { try state.sessions.end(secret) } else { try state.sessions.endAll(of: user.name) }
        }
        try await record(.logout, user, context, all.isEmpty ? nil : "everywhere")
        return redirect("/login", cookies: cookie.end())
    }

    /// `GET /account`.
    func account(_ request: Request, context: RootContext) async throws -> Response {
        try QueryText(request).allow([])
        guard let caller = context.caller, case .session(let user, let secret) = caller.kind else {
            return redirect("/login?next=/account", cookies: [])
        }
        return PageReplies.html(LoginPage.account(user, token: Session.formToken(of: secret), said: nil, fault: nil), .ok)
    }

    /// `POST /account/password`: every other session of the user is over.
    func password(_ request: Request, context: RootContext) async throws -> Response {
        guard let caller = context.caller, case .session(let user, let secret) = caller.kind else {
            return redirect("/login?next=/account", cookies: [])
        }
        var request = request
        let form = try await FormBody(&request)
        let (current, password) = (form["current"], form["password"])
        try state.logins.check("name " + user.name, perMinute: Self.perName)
        let isRight = try await state.passwords.run { current.utf8.count <= 1_024 && PasswordHash.verify(current, user.hash) }
        let token = Session.formToken(of: secret)
        guard isRight else {
            try await record(.loginRefused, user, context, "the current password is wrong")
            let text = LoginPage.account(user, token: token, said: nil, fault: "The current password is wrong.")
            return PageReplies.html(text, .forbidden)
        }
        do {
            try await state.passwords.run { [state] in try state.users.setPassword(of: user.name, to: password) }
        } catch let error as ServerError where error.code == .refused {
            return PageReplies.html(LoginPage.account(user, token: token, said: nil, fault: error.message + "."), .badRequest)
        }
        let fresh = try await onOwnThread { [state] in try state.sessions.begin(user) }
        try await record(.password, user, context, nil)
        var response = PageReplies.html(
            LoginPage.account(
                user, token: Session.formToken(of: fresh), said: "The password was changed; other sessions are over.",
                fault: nil), .ok)
        for cookie in cookie.begin(fresh) { response.headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return response
    }

    // MARK: Parts

    /// Where a log-in goes on: a path of this server, never another one.
    static func local(_ next: String) -> String {
        let isPath = next.hasPrefix("/") && !next.hasPrefix("//") && !next.hasPrefix("/\\") && next.utf8.count <= 2_048
        let isPlain = next.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
        return isPath && isPlain ? next : "/"
    }

    /// A name that was typed may be a password by mistake: only a user's own is recorded.
    private func record(_ act: AuditAct, _ user: User?, _ context: RootContext, _ detail: String?) async throws {
        var record = AuditRecord(act, by: user?.name ?? "unknown")
        record.via = "password"
        record.address = context.address
        record.detail = detail
        try await state.audit.write(record)
    }

    /// A second window has the visit of the first.
    private func form(_ request: Request, next: String, fault: String?, status: HTTPResponse.Status) -> Response {
        let visit = cookie.visit(request.headers) ?? AccessSecret.random(bytes: 16)
        var response = PageReplies.html(LoginPage.login(token: Session.formToken(of: visit), next: next, fault: fault), status)
        for cookie in cookie.visiting(visit) { response.headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return response
    }

    private func redirect(_ path: String, cookies: [String]) -> Response {
        var response = Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
        for cookie in cookies { response.headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return response
    }
}
