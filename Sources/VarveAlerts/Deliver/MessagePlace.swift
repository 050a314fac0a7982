/// Where a message stands at a receiver that lets it be changed.
struct MessagePlace: Hashable, Sendable {
    /// The receiver's id of the conversation.
    var conversation: String
    /// Its id of the message there.
    var message: String
}
