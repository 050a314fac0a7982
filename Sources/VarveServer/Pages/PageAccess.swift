internal import VarvePages

/// What whoever looks at a page may do on it, and what its forms show to prove that they came from it.
struct PageAccess: Sendable {
    let rights: Set<PageRight>
    /// The session's form token; nil without a session.
    let formToken: String?

    init(_ caller: Caller) {
        var rights: Set<PageRight> = []
        if caller.may(.alerts) { rights.insert(.alerts) }
        if caller.may(.write) { rights.insert(.write) }
        if caller.may(.admin) { rights.insert(.admin) }
        self.rights = rights
        if case .session(_, let secret) = caller.kind { formToken = Session.formToken(of: secret) } else { formToken = nil }
    }
}
