/// A page, made.
public struct PageReply: Sendable {
    /// An HTTP status: 200, or what is wrong with the address.
    public var status: Int
    public var html: String
    /// The prefix of the log that all of it is about.
    public var offset: UInt64
}
