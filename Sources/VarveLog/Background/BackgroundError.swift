public import VarveEvents

/// A fault in background work. No append failed because of it, but an operator should know.
public struct BackgroundError: Hashable, Sendable, CustomStringConvertible {
    /// When it first occurred, by the wall clock.
    public var since: Timestamp
    /// Which work failed, and on what: `seal 00000000000000000000.seg`, `clock`, `ids`.
    public var place: String
    /// A sentence that says what is wrong.
    public var message: String
    /// How often it has occurred.
    public var count: Int

    public init(since: Timestamp, place: String, message: String, count: Int = 1) {
        self.since = since
        self.place = place
        self.message = message
        self.count = count
    }

    public var description: String { "\(place): \(message)" + (count > 1 ? " (\(count) times)" : "") }
}
