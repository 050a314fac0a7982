internal import HTTPTypes

/// The cookies of a log-in. Over TLS their names have the prefix that binds them to this host and to TLS.
struct SessionCookie: Sendable {
    /// Whether the server speaks TLS itself.
    let isSecure: Bool

    private var prefix: String { isSecure ? "__Host-" : "" }
    /// Whose value is the session's secret; no script can read it.
    private var session: String { prefix + "varve_session" }
    /// The form token of the session, for the scripts of this server's own pages.
    private var form: String { prefix + "varve_csrf" }
    /// Of one who is not logged in yet: what the form of the log-in is tied to.
    private var visit: String { prefix + "varve_visit" }

    func secret(_ headers: HTTPFields) -> String? { value(session, headers) }
    func visit(_ headers: HTTPFields) -> String? { value(visit, headers) }

    func begin(_ secret: String) -> [String] {
        [
            text(session, secret, seconds: SessionStore.seconds),
            text(form, Session.formToken(of: secret), seconds: SessionStore.seconds, isForScripts: true),
            text(visit, "", seconds: 0),
        ]
    }

    func end() -> [String] { [text(session, "", seconds: 0), text(form, "", seconds: 0, isForScripts: true)] }

    func visiting(_ secret: String) -> [String] { [text(visit, secret, seconds: 3_600)] }

    private func text(_ name: String, _ value: String, seconds: Int64, isForScripts: Bool = false) -> String {
        let secure = isSecure ? "; Secure" : ""
        return "\(name)=\(value); Path=/; Max-Age=\(seconds); SameSite=Strict\(isForScripts ? "" : "; HttpOnly")\(secure)"
    }

    private func value(_ name: String, _ headers: HTTPFields) -> String? {
        for header in headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].trimmingPrefix(while: { $0 == " " }) == name, !parts[1].isEmpty else { continue }
                return String(parts[1])
            }
        }
        return nil
    }
}
