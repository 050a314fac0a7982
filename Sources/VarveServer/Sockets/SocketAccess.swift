internal import Foundation
internal import HTTPTypes
internal import NIOHTTPTypes
internal import VarveWorkspace

/// Who may open a WebSocket: who may read. A page cannot set headers there, so that a token may come as a protocol that it
/// offers, `varve.token.SECRET` beside `varve`; never in the target. The cookie of a session is enough for this server's own
/// pages.
struct SocketAccess: Sendable {
    let state: ServerState
    private static let prefix = "varve.token."

    static func offered(_ request: HTTPRequest) -> [String] {
        (request.headerFields[.secWebSocketProtocol] ?? "").split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }

    func check(_ request: HTTPRequest, _ address: String?) throws(Problem) -> ReadableWorkspace {
        guard request.headerFields[.secWebSocketVersion] == "13",
            let key = request.headerFields[.secWebSocketKey].flatMap({ Data(base64Encoded: $0) }), key.count == 16
        else { throw Problem(400, "bad_upgrade", "a WebSocket says Sec-WebSocket-Version: 13 and a key of 16 bytes") }
        guard case .ready(let home) = state.now else {
            throw Problem(503, "starting", "the server is starting or stopping", retryAfter: 1)
        }
        if !state.isAccessAsked { try checkOpen(request) }
        let offered = Self.offered(request).first { $0.hasPrefix(Self.prefix) }.map { String($0.dropFirst(Self.prefix.count)) }
        let person = try Identification(state: state).person(request.headerFields, shown: offered, address: address)
        if case .session = person.kind {
            try RequestOrigin(state: state).checkOwn(request.headerFields, request.authority)
        }
        let asked = request.headerFields[.varveTenant]
        let tenant = try person.choice.tenant(asked: asked).map { name throws(Problem) in try self.tenant(name) } ?? home
        let caller = Caller(
            name: person.name, kind: person.kind, scopes: person.scopes, choice: person.choice, tenant: tenant, state: state)
        guard caller.may(.read) else { throw .forbidden(.read) }
        return caller.readable
    }

    /// As for requests that change something: no page of another site, whose browser would not ask before.
    private func checkOpen(_ request: HTTPRequest) throws(Problem) {
        guard !state.options.isInsecure else { return }
        let origins = RequestOrigin(state: state)
        guard request.authority.flatMap({ RequestOrigin.host($0) }).map(origins.isOurs) ?? false else {
            throw Problem(421, "wrong_host", "this server has another name")
        }
        if let origin = request.headerFields[.origin] {
            guard RequestOrigin.host(ofOrigin: origin).map(origins.isOurs) ?? false else { throw RequestOrigin.crossSite }
        }
    }

    /// One that is open already; else it is opened, and the client comes again.
    private func tenant(_ name: String) throws(Problem) -> Tenant {
        if let known = state.tenants.opened(name) { return known }
        Task { [state] in _ = try? await state.tenants.tenant(name) }
        throw Problem(503, "starting", "the tenant's log is being opened", retryAfter: 1)
    }
}
