internal import HTTPTypes

/// The log itself.
extension ServerRoutes {
    static func log(_ routes: RouteRegistry, _ state: ServerState) {
        let replies = LogReplies(state: state)
        routes.scoped(.get, "/api/v1/log/info", "The size of the log, as varve log info.", use: replies.info)
        routes.scoped(.get, "/api/v1/log/segments", "Its segments, as varve log segments.", use: replies.segments)
        routes.scoped(
            .post, "/api/v1/log/retain", "Removes events past their limit now, as the schedule does.",
            use: replies.maintain("retain"))
        routes.scoped(
            .post, "/api/v1/log/compact", "Rewrites sealed segments to be smaller now.", use: replies.maintain("compact"))
    }
}
