internal import HTTPTypes
internal import Hummingbird

/// Protects browsers: from pages of other sites that make them ask, with what they are known by or without.
struct RequestOrigin: Sendable {
    let state: ServerState

    private static let safe: Set<HTTPRequest.Method> = [.get, .head, .options]

    /// Who may do all without a token is protected from pages that make a browser ask: from another site, or under a name that
    /// was made to mean this machine.
    func checkOpen(_ request: Request) throws(Problem) {
        guard !state.isAccessAsked, !state.options.isInsecure else { return }
        let isBeacon = BeaconsIn.paths.contains(request.uri.path)
        if let authority = request.head.authority, let host = Self.host(authority), !isOurs(host) {
            throw Problem(421, "wrong_host", "this server is not \(authority)")
        }
        if request.headers[.secFetchSite] == "cross-site", request.method != .get, !isBeacon { throw Self.crossSite }
        if let origin = request.headers[.origin], request.method != .get, request.method != .options, !isBeacon {
            guard let host = Self.host(ofOrigin: origin), isOurs(host) else { throw Self.crossSite }
        }
    }

    /// What changes something, and is allowed by a cookie, comes from a page of this server: its browser says so, and it shows
    /// the session's form token, as the field `csrf` of a form or in `X-Varve-CSRF`.
    func checkSession(_ request: inout Request, _ secret: String) async throws {
        guard !Self.safe.contains(request.method) else { return }
        try checkOwn(request.headers, request.head.authority)
        var shown = request.headers[.varveCSRF] ?? ""
        if shown.isEmpty, FormBody.isForm(request) { shown = try await FormBody(&request)["csrf"] }
        guard AccessSecret.isEqual(shown, Session.formToken(of: secret)) else {
            throw Problem(403, "csrf", "this needs the session's form token: csrf in a form, or X-Varve-CSRF")
        }
    }

    /// Refuses what a page of another origin asks.
    func checkOwn(_ headers: HTTPFields, _ authority: String?) throws(Problem) {
        if let site = headers[.secFetchSite], site != "same-origin", site != "none" { throw Self.crossSite }
        if let origin = headers[.origin] {
            let own = origin.firstRange(of: "://").map { String(origin[$0.upperBound...]) }
            guard let own, own == authority else { throw Self.crossSite }
        }
    }

    static let crossSite = Problem(403, "cross_site", "a page of another site may not do this")

    func isOurs(_ host: String) -> Bool {
        host == "localhost" || host == state.options.address.host || ListenAddress(host: host, port: 0).isLoopback
    }

    static func host(ofOrigin origin: String) -> String? {
        origin.firstRange(of: "://").flatMap { host(String(origin[$0.upperBound...])) }
    }

    /// The host of `host:port`.
    static func host(_ authority: String) -> String? {
        if authority.hasPrefix("[") {
            return authority.firstIndex(of: "]").map { String(authority[authority.index(after: authority.startIndex)..<$0]) }
        }
        return authority.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init)
    }
}
