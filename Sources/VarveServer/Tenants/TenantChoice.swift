/// Whose logs a token or a user may use.
///
/// As text: nothing for the data directory's own log; `*` for every tenant and that log; else names, separated by commas. The
/// first one is used where a request does not say `X-Varve-Tenant`.
public enum TenantChoice: Hashable, Sendable, CustomStringConvertible {
    /// The log of the data directory itself.
    case home
    /// The log of the data directory, and every tenant's.
    case any
    /// These tenants; the first one unless a request says another.
    case these([String])

    /// Nil for a text that holds something else than tenants' names.
    public init?(_ text: String) {
        switch text {
        case "": self = .home
        case "*": self = .any
        default:
            let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard names.allSatisfy(Self.isName) else { return nil }
            self = .these(names)
        }
    }

    public var description: String {
        switch self {
        case .home: ""
        case .any: "*"
        case .these(let names): names.joined(separator: ",")
        }
    }

    /// Whether a text can be a tenant's name: small letters, digits, `.`, `_` and `-`; at most 64, the first one a letter or
    /// digit.
    public static func isName(_ text: String) -> Bool {
        text.wholeMatch(of: /[a-z0-9][a-z0-9._-]{0,63}/) != nil
    }

    /// The tenants that it names.
    public var names: [String] { if case .these(let names) = self { names } else { [] } }

    /// The tenant that a request means that says `asked`; nil for the data directory's own log.
    ///
    /// - Throws: 404: a tenant that may not be seen does not exist.
    func tenant(asked: String?) throws(Problem) -> String? {
        guard let asked, !asked.isEmpty else {
            if case .these(let names) = self { return names.first }
            return nil
        }
        switch self {
        case .any where Self.isName(asked): return asked
        case .these(let names) where names.contains(asked): return asked
        default: throw .unknownTenant
        }
    }
}

extension Problem {
    static let unknownTenant = Problem(404, "unknown_tenant", "there is no such tenant")
}
