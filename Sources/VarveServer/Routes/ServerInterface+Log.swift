internal import HTTPTypes

/// The log itself.
extension ServerRoutes {
    static func log(_ book: RouteBook, _ state: ServerState) {
        let replies = LogReplies(state: state)
        book.scoped(.get, "/api/v1/log/info", "The size of the log, as varve log info.", use: replies.info)
        book.scoped(.get, "/api/v1/log/segments", "Its segments, as varve log segments.", use: replies.segments)
        book.scoped(
            .post, "/api/v1/log/retain", "Removes events past their limit now, as the schedule does.",
            use: replies.maintain("retain"))
        book.scoped(
            .post, "/api/v1/log/compact", "Rewrites sealed segments to be smaller now.", use: replies.maintain("compact"))
    }
}
