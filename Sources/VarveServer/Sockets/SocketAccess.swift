internal import Foundation
internal import HTTPTypes
internal import NIOHTTPTypes
internal import VarveWorkspace

/// Who may open a WebSocket: who may read. A page cannot set headers there, so that a token may come as a protocol that it
/// offers, `varve.token.SECRET` beside `varve`; never in the target.
struct SocketAccess: Sendable {
    let state: ServerState
    private static let prefix = "varve.token."

    static func offered(_ request: HTTPRequest) -> [String] {
        (request.headerFields[.secWebSocketProtocol] ?? "").split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }

    /// Who was let in: to which workspace, and with which token, if with one.
    struct Admitted {
        var workspace: Workspace
        var token: String?
    }

    func check(_ request: HTTPRequest, _ address: String?) throws(Problem) -> Admitted {
        guard request.headerFields[.secWebSocketVersion] == "13",
            let key = request.headerFields[.secWebSocketKey].flatMap({ Data(base64Encoded: $0) }), key.count == 16
        else { throw Problem(400, "bad_upgrade", "a WebSocket says Sec-WebSocket-Version: 13 and a key of 16 bytes") }
        guard case .ready(let workspace) = state.now else {
            throw Problem(503, "starting", "the server is starting or stopping", retryAfter: 1)
        }
        guard state.asksForTokens else {
            // As for requests that change something: no page of another site, whose browser would not ask before.
            let gate = Gate(state: state)
            guard state.options.isInsecure || request.authority.flatMap({ Gate.host($0) }).map(gate.isOurs) ?? false else {
                throw Problem(421, "wrong_host", "this server has another name")
            }
            if let origin = request.headerFields[.origin], !state.options.isInsecure {
                let host = origin.firstRange(of: "://").flatMap { Gate.host(String(origin[$0.upperBound...])) }
                guard host.map(gate.isOurs) ?? false else {
                    throw Problem(403, "cross_site", "a page of another site may not do this")
                }
            }
            return Admitted(workspace: workspace)
        }
        let bearer = request.headerFields[.authorization].flatMap { header -> String? in
            let parts = header.split(separator: " ", maxSplits: 1)
            return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
        }
        let offered = Self.offered(request).first { $0.hasPrefix(Self.prefix) }.map { String($0.dropFirst(Self.prefix.count)) }
        guard let secret = bearer ?? offered else { throw .unauthorized }
        guard let token = state.tokens.token(of: secret) else {
            throw Problem(401, "unauthorized", "the token is none, was revoked, or has expired")
        }
        guard token.scopes.contains(where: { $0.allows(.read) }) else { throw .forbidden(.read) }
        return Admitted(workspace: workspace, token: token.id)
    }
}
