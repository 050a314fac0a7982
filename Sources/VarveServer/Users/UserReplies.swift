internal import HTTPTypes
internal import Hummingbird
internal import VarveEvents
internal import VarveWire

/// Users over HTTP, as `varve user` has them. Their paths are apart from `/api/v1/users/{id}`, which is about users that events
/// name.
struct UserReplies: Sendable {
    let state: ServerState
    private static let bodyMax = 16 << 10

    /// What a request says of a user; what it leaves out stays.
    private struct Body: Decodable {
        var name: String?
        var role: String?
        var tenant: String?
        var password: String?
        var disabled: Bool?
        var resetPassword: Bool?

        enum CodingKeys: String, CodingKey {
            case name, role, tenant, password, disabled
            case resetPassword = "reset_password"
        }
    }

    /// `GET /api/v1/access/users`: as `varve user ls --json`. Of other tenants' users only who may use all tenants sees.
    func list(_ request: Request, context: AdminContext) async throws -> Response {
        try QueryText(request).allow([])
        let users = try await store { try $0.users() }
        return ViewReplies.json(JSONLine.array(users.filter { context.mayChange($0.tenants) }.map { Self.json($0) }) + "\n")
    }

    /// `POST /api/v1/access/users`: 201. Without a password one is made, and told here alone.
    func add(_ request: Request, context: AdminContext) async throws -> Response {
        let body = try await request.json(Body.self, most: Self.bodyMax)
        guard let name = body.name, let role = try Self.role(body.role) else {
            throw Problem(400, "bad_body", "a new user has a name and a role")
        }
        guard let tenants = TenantChoice(body.tenant ?? "") else {
            throw Problem(400, "bad_body", "tenant is a tenant's name, several separated by commas, or *")
        }
        guard context.mayChange(tenants) else { throw Self.notYours }
        let made = body.password == nil ? Self.password() : nil
        let given = body.password ?? made ?? ""
        let user = try await store { store in
            try store.add(name, role: role, tenants: tenants, password: given)
        }
        var response = Self.reply(user, made, .created)
        response.headers[.location] = "/api/v1/access/users/\(user.name)"
        return response
    }

    /// `PATCH /api/v1/access/users/{name}`: another role, another password, disabled or not.
    func change(_ request: Request, context: AdminContext) async throws -> Response {
        let name = try await known(context)
        let body = try await request.json(Body.self, most: Self.bodyMax)
        let role = try Self.role(body.role)
        let made = body.resetPassword == true && body.password == nil ? Self.password() : nil
        guard role != nil || body.disabled != nil || body.password != nil || made != nil else {
            throw Problem(400, "bad_body", "the body has role, disabled, password or reset_password")
        }
        guard body.name == nil, body.tenant == nil else {
            throw Problem(400, "bad_body", "a user's name and tenant stay as they are")
        }
        // Whoever locks themselves out is told so by nobody else.
        guard name != context.caller || (role == nil && body.disabled == nil) else { throw Self.own }
        let (password, isDisabled) = (body.password ?? made, body.disabled)
        let user = try await store { store in
            if let password { try store.setPassword(of: name, to: password) }
            if let role { try store.setRole(name, role) }
            if let isDisabled { try store.setDisabled(name, isDisabled) }
            return try store.users().first { $0.name == name }
        }
        guard let user else { throw Self.unknown }
        return Self.reply(user, made, .ok)
    }

    /// `DELETE /api/v1/access/users/{name}`.
    func remove(_ request: Request, context: AdminContext) async throws -> Response {
        let name = try await known(context)
        guard name != context.caller else { throw Self.own }
        try await store { try $0.remove(name) }
        return Response(status: .noContent)
    }

    // MARK: Parts

    /// The user of the path, whom the caller may change. Others do not exist for them.
    private func known(_ context: AdminContext) async throws -> String {
        let name = try context.pathParameter("name")
        let found = try await store { try $0.users().first { $0.name == name } }
        guard let found, context.mayChange(found.tenants) else { throw Self.unknown }
        return name
    }

    /// Works on the file, one after the other: a password is hashed there.
    private func store<Value: Sendable>(_ body: @escaping @Sendable (UserStore) throws -> Value) async throws -> Value {
        do {
            return try await state.passwords.run { [users = state.users] in try body(users) }
        } catch let error as ServerError where error.code == .refused {
            throw Problem(409, "refused", error.message)
        }
    }

    private static func role(_ text: String?) throws(Problem) -> UserRole? {
        guard let text else { return nil }
        guard let role = UserRole(rawValue: text) else {
            throw Problem(400, "bad_body", "role is viewer, editor or admin")
        }
        return role
    }

    private static func password() -> String { AccessSecret.random(bytes: 15) }

    private static func reply(_ user: User, _ made: String?, _ status: HTTPResponse.Status) -> Response {
        var response = ViewReplies.json(json(user, made) + "\n", status: status)
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private static func json(_ user: User, _ made: String? = nil) -> String {
        var line = JSONLine()
        line.field("name", user.name)
        line.field("role", user.role.rawValue)
        line.field("tenant", user.tenants == .home ? nil : user.tenants.description)
        line.field("created", RFC3339.text(user.created))
        line.field("disabled", user.isDisabled)
        if let made { line.field("password", made) }
        return line.text
    }

    private static let unknown = Problem(404, "unknown_user", "there is no such user")
    private static let own = Problem(409, "own_user", "nobody changes their own role, or disables or removes themselves")
    private static let notYours = Problem(409, "not_your_tenants", "only who may use these tenants can give them to a user")
}

extension AdminContext {
    /// Whether the caller may use all that a user of `tenants` may: nobody gives what they do not have.
    func mayChange(_ tenants: TenantChoice) -> Bool { choice == .any || tenants == choice }
}
