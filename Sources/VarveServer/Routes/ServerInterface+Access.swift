internal import HTTPTypes

/// Who may log in.
extension ServerRoutes {
    static func access(_ routes: RouteRegistry, _ state: ServerState) {
        let replies = UserReplies(state: state)
        let name = RouteDescription.Parameter(name: "name", meaning: "The user's name.", isInPath: true)
        let (list, one) = ("/api/v1/access/users", "/api/v1/access/users/{name}")
        routes.scoped(.get, list, "The users of this server, as varve user ls.", use: replies.list)
        routes.scoped(
            .post, list, "Adds a user. A password that is not given is made, and told here alone.",
            body: "JSON: {\"name\", \"role\": \"viewer, editor or admin\", \"tenant\", \"password\"}", use: replies.add)
        routes.scoped(
            .patch, one, "Gives a user another role or password, or disables them; the latter two end the sessions.",
            body: "JSON: {\"role\", \"disabled\", \"password\", \"reset_password\"}", parameters: [name],
            use: replies.change)
        routes.scoped(.delete, one, "Removes a user; the user's sessions end.", parameters: [name], use: replies.remove)
    }
}
