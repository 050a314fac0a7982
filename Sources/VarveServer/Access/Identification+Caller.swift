internal import HTTPTypes

/// Who calls where there is no route: the checks of `Gate`, without those of browsers.
extension Identification {
    /// Who asks, and of which tenant.
    ///
    /// - Throws: 401, 404 for a tenant they may not see, 429, and 503 while the log is not open.
    func caller(_ headers: HTTPFields, address: String?) async throws -> Caller {
        switch state.now {
        case .starting(let what): throw Problem.starting(what)
        case .stopping: throw Problem.stopping
        case .ready(let home):
            let person: Person
            do throws(Problem) {
                person = try self.person(headers, address: address)
            } catch {
                try checkRate(nil, address)
                throw error
            }
            try checkRate(person.name == "anyone" ? nil : person.name, address)
            guard let name = try person.choice.tenant(asked: headers[.varveTenant]) else { return caller(person, home) }
            let tenant = try await state.tenants.tenant(name)
            try checkRate(of: tenant, name)
            return caller(person, tenant)
        }
    }

    func caller(_ person: Person, _ tenant: Tenant) -> Caller {
        Caller(
            name: person.name, kind: person.kind, scopes: person.scopes, choice: person.choice, tenant: tenant, state: state)
    }

    /// - Parameter name: Whose requests are counted; nil counts them by their address.
    func checkRate(_ name: String?, _ address: String?) throws(Problem) {
        guard let most = state.live.requestsPerMinute else { return }
        try state.requests.check(name ?? address ?? "", perMinute: most)
    }

    func checkRate(of tenant: Tenant, _ name: String) throws(Problem) {
        guard let most = tenant.live(state.live).requestsPerMinute else { return }
        try state.requests.check("tenant \(name)", perMinute: most)
    }
}

extension Problem {
    static func starting(_ what: String) -> Problem {
        Problem(503, "starting", "the server is starting: \(what)", retryAfter: 1)
    }
    static let stopping = Problem(503, "stopping", "the server is stopping", retryAfter: 2)
}
