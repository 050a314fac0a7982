internal import HTTPTypes
internal import Hummingbird
internal import VarveLog

/// What a subscriber of the stream wants.
struct StreamRequest: Sendable {
    enum Topic: String, CaseIterable, Sendable { case events, views, alerts, health }

    var topics: Set<Topic>
    var filter: LogFilter
    /// The first offset that it wants; nil for what comes from now on.
    var from: UInt64?
    /// Views whose changes it wants.
    var views: [String]
    /// Whether events are told as the chatbot's document has its messages.
    var isMessages = false

    /// A query without `topics` asks for events.
    init(_ request: Request) throws(Problem) {
        let query = try QueryText(request)
        try query.allow(QueryText.filterNames.union(["since", "topics", "view"]))
        var topics: Set<Topic> = []
        for word in query.list("topics") {
            guard let topic = Topic(rawValue: word) else { throw .badParameter("topics", "events, views, alerts and health") }
            topics.insert(topic)
        }
        self.topics = topics.isEmpty ? [.events] : topics
        views = query.list("view")
        filter = try query.filter()
        if let text = request.headers[.lastEventID] {
            // Everything up to here was seen.
            guard let seen = UInt64(text), seen < .max else { throw Problem(400, "bad_event_id", "Last-Event-ID is an offset") }
            from = seen + 1
        } else if let text = query.first("since") {
            guard let first = UInt64(text) else { throw .badParameter("since", "the first offset that is wanted") }
            from = first
        }
    }
}
