internal import HTTPTypes

/// A route, as the router has it and the interface's description tells it.
struct RouteDescription: Sendable {
    struct Parameter: Sendable {
        var name: String
        var meaning: String
        var isInPath = false
        var isHeader = false
    }

    var method: HTTPRequest.Method
    /// With parameters in braces.
    var path: String
    /// Nil for what everybody may ask.
    var scope: AccessScope?
    var summary: String
    var parameters: [Parameter] = []
    /// Media types that it answers with.
    var answers = ["application/json"]
    /// What a body is; nil for none.
    var body: String?
}
